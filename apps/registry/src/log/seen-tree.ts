import type { SignedTree } from '#lib/store';
import { hashesEqual } from '#lib/tlog';

/** The largest tree of its log that a process has seen signed: none that it sees later may be smaller. */
export class SeenTree {
  #largest: SignedTree | undefined;

  /** Remembers a tree that was signed. */
  see(tree: SignedTree): void {
    if (!this.#largest || tree.treeSize > this.#largest.treeSize) this.#largest = tree;
  }

  /**
   * Looks at the tree that the database has now, by `read`, and says how it contradicts what was seen
   * before the look began, in words; undefined when it does not.
   */
  async look<T extends SignedTree>(
    read: () => Promise<T>,
  ): Promise<{ now: T; contradiction: string | undefined }> {
    // Taken first: what is recorded while the row is read may be larger by right.
    const known = this.#largest;
    const now = await read();
    this.see(now);
    return { now, contradiction: known && contradictionOf(known, now) };
  }
}

function contradictionOf(known: SignedTree, now: SignedTree): string | undefined {
  const remedy = 'Restore what it held, compare it with `lodestone audit`, and start again.';
  if (known.treeSize > now.treeSize)
    return `The database holds a log of ${now.treeSize} entries, and this process has seen ${known.treeSize} of it signed: it was set back. ${remedy}`;
  if (known.treeSize < now.treeSize || hashesEqual(known.rootHash, now.rootHash)) return undefined;
  return `The database holds another log than the one of ${known.treeSize} entries that this process has seen signed. ${remedy}`;
}
