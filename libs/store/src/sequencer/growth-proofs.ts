import type { Sha256 } from '#lib/documents';
import { nodeHash } from '#lib/tlog';
import type { LogGrowth } from './log-growth.js';

/** The nodes of one tree level from `start` on: all that lie above a new leaf, or beside one. */
interface Level {
  start: number;
  hashes: Uint8Array[];
}

/**
 * Gives the inclusion proof (RFC 6962 §2.1.1) of every entry that a batch added, in the tree that it
 * made. All of them share one pass over the new nodes: about two node hashes for each new leaf, and
 * no tile is read, because what is to the left is in the frontier.
 */
export function growthProver(
  sha256: Sha256,
  growth: Pick<LogGrowth, 'before' | 'leafHashes'>,
): (index: number) => Uint8Array[] {
  const levels = growLevels(sha256, growth);
  return (index) => {
    const proof: Uint8Array[] = [];
    let node = index;
    for (const { start, hashes } of levels) {
      const sibling = node % 2 === 0 ? node + 1 : node - 1;
      const hash = hashes[sibling - start];
      // No sibling: a lone node at the right edge stands for its parent, as MTH has it.
      if (hash) proof.push(hash);
      node = Math.floor(node / 2);
    }
    return proof;
  };
}

function growLevels(
  sha256: Sha256,
  { before, leafHashes }: Pick<LogGrowth, 'before' | 'leafHashes'>,
): Level[] {
  const subtrees = [...before.frontier.subtrees];
  const levels: Level[] = [];
  let level: Level = { start: before.size, hashes: [...leafHashes] };
  for (;;) {
    if (level.start % 2 === 1) {
      // An odd start: this bit of the old size is set, and its subtree is the node to the left.
      level = { start: level.start - 1, hashes: [subtrees.pop()!, ...level.hashes] };
    }
    if (level.start === 0 && level.hashes.length === 1) return levels;
    levels.push(level);
    level = { start: level.start / 2, hashes: pairUp(sha256, level.hashes) };
  }
}

function pairUp(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < hashes.length; i += 2) {
    const [left, right] = [hashes[i]!, hashes[i + 1]];
    parents.push(right ? nodeHash(sha256, left, right) : left);
  }
  return parents;
}
