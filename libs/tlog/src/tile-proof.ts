import type { Sha256 } from '#lib/documents';
import {
  completeNodes,
  consistencyRanges,
  inclusionRanges,
  requireTreeSize,
  type LeafRange,
} from './leaf-ranges.js';
import { parseTile, placeOfNode, tileWidth, type TileSpan } from './tile.js';
import { foldSubtrees, foldPairs } from './tree-fold.js';
import { emptyRootHash } from './tree-hash.js';

/**
 * Gives the bytes of a tile that was fetched before. It may be wider than asked for, as when a
 * partial tile has been replaced by the full one: the first `width` hashes are the same.
 */
export type TileReader = (tile: TileSpan) => Uint8Array;

/** The tiles, each once, from which an inclusion proof in the tree of `treeSize` is built. */
export function inclusionTiles(index: number, treeSize: number): TileSpan[] {
  return tilesOfRanges(inclusionRanges(index, treeSize), treeSize);
}

/** The tiles, each once, from which a consistency proof between two sizes is built. */
export function consistencyTiles(oldSize: number, newSize: number): TileSpan[] {
  return tilesOfRanges(consistencyRanges(oldSize, newSize), newSize);
}

/** The tiles, each once, from which the root hash of the tree of `treeSize` is built. */
export function rootTiles(treeSize: number): TileSpan[] {
  requireTreeSize(treeSize);
  return tilesOfRanges([{ start: 0, end: treeSize }], treeSize);
}

/**
 * The inclusion proof of a leaf (RFC 6962 §2.1.1) from the tiles that `inclusionTiles` names. An
 * index outside the tree is refused as `invalid-log-path`; a missing tile is a fault.
 */
export function buildInclusionProof(
  sha256: Sha256,
  index: number,
  treeSize: number,
  readTile: TileReader,
): Uint8Array[] {
  const hashOf = rangeHasher(sha256, treeSize, readTile);
  return inclusionRanges(index, treeSize).map(hashOf);
}

/**
 * The consistency proof between two sizes (RFC 6962 §2.1.2) from the tiles that `consistencyTiles`
 * names. Sizes without such a proof are refused as `invalid-log-path`; a missing tile is a fault.
 */
export function buildConsistencyProof(
  sha256: Sha256,
  oldSize: number,
  newSize: number,
  readTile: TileReader,
): Uint8Array[] {
  const hashOf = rangeHasher(sha256, newSize, readTile);
  return consistencyRanges(oldSize, newSize).map(hashOf);
}

/** The root hash of the tree of `treeSize` from the tiles that `rootTiles` names. */
export function buildRootHash(sha256: Sha256, treeSize: number, readTile: TileReader): Uint8Array {
  requireTreeSize(treeSize);
  if (treeSize === 0) return emptyRootHash(sha256);
  return rangeHasher(sha256, treeSize, readTile)({ start: 0, end: treeSize });
}

function tilesOfRanges(ranges: readonly LeafRange[], treeSize: number): TileSpan[] {
  const tiles = new Map<string, TileSpan>();
  for (const node of ranges.flatMap(completeNodes)) {
    const { tile } = placeOfNode(node);
    tiles.set(`${tile.level}/${tile.index}`, { ...tile, width: tileWidth(tile, treeSize) });
  }
  return [...tiles.values()];
}

/** MTH(D[start:end]) of a range: each complete subtree from its tile, then folded. */
function rangeHasher(sha256: Sha256, treeSize: number, readTile: TileReader) {
  return (range: LeafRange): Uint8Array => {
    const subtrees = completeNodes(range).map((node) => {
      const { tile, first, count } = placeOfNode(node);
      const hashes = parseTile(readTile({ ...tile, width: tileWidth(tile, treeSize) }));
      if (hashes.length < first + count) {
        throw new Error(`Tile ${tile.level}/${tile.index} is narrower than its tree`);
      }
      return foldPairs(sha256, hashes.slice(first, first + count));
    });
    return foldSubtrees(sha256, subtrees);
  };
}
