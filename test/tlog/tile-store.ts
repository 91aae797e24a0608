import {
  appendLeafHashes,
  EMPTY_FRONTIER,
  leafHash,
  partialTiles,
  type Frontier,
  type Tile,
  type TileReader,
} from '#lib/tlog';
import { sha256 } from './reference.js';

/** A log's tiles in memory, as a writer leaves them behind: full ones, and the right edge. */
export class TileStore {
  frontier: Frontier = EMPTY_FRONTIER;
  readonly full = new Map<string, Tile>();

  append(leaves: readonly Uint8Array[]): Tile[] {
    const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
    const { frontier, completed } = appendLeafHashes(sha256, this.frontier, hashes);
    this.frontier = frontier;
    for (const tile of completed) this.full.set(`${tile.level}/${tile.index}`, tile);
    return completed;
  }

  readonly read: TileReader = ({ level, index, width }) => {
    const edge = partialTiles(this.frontier).find((t) => t.level === level && t.index === index);
    const tile = this.full.get(`${level}/${index}`) ?? edge;
    if (tile === undefined || tile.width < width) {
      throw new Error(`No tile ${level}/${index} of width ${width}`);
    }
    return tile.bytes;
  };
}
