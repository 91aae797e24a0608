import { appendLeafHashes, buildInclusionProof, EMPTY_FRONTIER } from '#lib/tlog';
import { formatTlogProof, leafHash, partialTiles } from '#lib/tlog';
import { MemoryLog } from '../../test/support/memory-log.js';
import { sha256 } from '../../test/support/memory-keys.js';

/** A log in memory of any length. */
export class LongLog extends MemoryLog {
  #tiles = new Map<string, Uint8Array>();
  #size = 0;

  override proof(index: number, checkpoint = this.checkpoint()): string {
    this.#fold();
    const hashes = buildInclusionProof(sha256, index, this.#size, (tile) =>
      this.#tiles.get(`${tile.level}/${tile.index}`)!,
    );
    return formatTlogProof({ index, hashes, checkpoint });
  }

  #fold(): void {
    if (this.#size === this.records.length) return;
    this.#size = this.records.length;
    const leafHashes = this.records.map(({ entry }) => leafHash(sha256, entry));
    const { frontier, completed } = appendLeafHashes(sha256, EMPTY_FRONTIER, leafHashes);
    for (const { level, index, bytes } of [...completed, ...partialTiles(frontier)])
      this.#tiles.set(`${level}/${index}`, bytes);
  }
}
