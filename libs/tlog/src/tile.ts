import { refuse } from '#lib/problem';
import { requireTreeSize, type NodeId } from './leaf-ranges.js';
import { HASH_SIZE } from './tree-hash.js';

/** Hashes in a full tile (C2SP tlog-tiles, Merkle Tree): a tile is a subtree of height 8. */
export const TILE_WIDTH = 256;

/** Tree levels that one tile spans; tile level L holds the hashes of tree level 8 · L. */
export const TILE_HEIGHT = 8;

/** Where a tile lies: the `index`-th of its tile level. */
export interface TileId {
  level: number;
  index: number;
}

/** A tile as it is at some tree size: 1 … 256 hashes wide, 256 when full. */
export interface TileSpan extends TileId {
  width: number;
}

/** A tile with its content, `width` hashes of 32 bytes one after another. */
export interface Tile extends TileSpan {
  bytes: Uint8Array;
}

/** How many hashes (0 … 256) tile (level, index) holds in the tree of `treeSize`. */
export function tileWidth({ level, index }: TileId, treeSize: number): number {
  const hashes = Math.floor(treeSize / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The width of the partial tile of a level, `floor(s / 256**l) mod 256`; 0 when there is none. */
export function partialTileWidth(level: number, treeSize: number): number {
  return Math.floor(treeSize / TILE_WIDTH ** level) % TILE_WIDTH;
}

/**
 * The full tiles that the growth of a tree from one size to another completes, lowest level first:
 * what a log must write, once and for ever. Sizes that shrink are refused as `invalid-log-path`.
 */
export function completedTiles(oldSize: number, newSize: number): TileId[] {
  requireTreeSize(oldSize);
  requireTreeSize(newSize);
  if (newSize < oldSize) {
    throw refuse('invalid-log-path', `A log never shrinks from ${oldSize} to ${newSize}.`);
  }
  const tiles: TileId[] = [];
  for (let level = 0; TILE_WIDTH ** (level + 1) <= newSize; level++) {
    const leaves = TILE_WIDTH ** (level + 1);
    const end = Math.floor(newSize / leaves);
    for (let index = Math.floor(oldSize / leaves); index < end; index++) {
      tiles.push({ level, index });
    }
  }
  return tiles;
}

/** The tile that holds, or whose hashes fold to, the hash of a complete subtree. */
export function tileOfNode({ level, index }: NodeId): TileId {
  const firstHash = index * 2 ** (level % TILE_HEIGHT);
  return { level: Math.floor(level / TILE_HEIGHT), index: Math.floor(firstHash / TILE_WIDTH) };
}

/** The bytes of a tile: its hashes, one after another. */
export function formatTile(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_SIZE);
  hashes.forEach((hash, i) => bytes.set(hash, i * HASH_SIZE));
  return bytes;
}

/** The hashes of a tile, 1 … 256 of 32 bytes; anything else is refused as `malformed-tile`. */
export function parseTile(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: widthOfTile(bytes) }, (_, i) =>
    bytes.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE),
  );
}

/** How many hashes, 1 … 256, the bytes of a tile are; anything else is refused as `malformed-tile`. */
export function widthOfTile(bytes: Uint8Array): number {
  const width = bytes.length / HASH_SIZE;
  if (Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH) return width;
  throw refuse('malformed-tile', `${bytes.length} bytes are not 1 to 256 hashes of 32 bytes.`);
}
