import type { Sha256 } from '#lib/documents';
import {
  completeNodes,
  consistencyRanges,
  inclusionRanges,
  requireTreeSize,
  type LeafRange,
  type NodeId,
} from './leaf-ranges.js';
import {
  TILE_HEIGHT,
  tileOfNode,
  tileWidth,
  widthOfTile,
  type TileId,
  type TileSpan,
} from './tile.js';
import type { TileMemory } from './tile-memory.js';
import { TileTree } from './tile-tree.js';
import { foldSubtrees } from './tree-fold.js';
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
 * index outside the tree is refused as `invalid-log-path`; a missing tile is a fault. With a memory of
 * the log's tiles, what it shares with earlier proofs is not hashed again.
 */
export function buildInclusionProof(
  sha256: Sha256,
  index: number,
  treeSize: number,
  readTile: TileReader,
  memory?: TileMemory,
): Uint8Array[] {
  return buildInclusionProofs(sha256, [index], treeSize, readTile, memory)[0]!;
}

/**
 * As `buildInclusionProof`, of many leaves in one tree, in the order of `indexes`. What the proofs
 * share is hashed once: the receipts of a whole batch cost little more than one.
 */
export function buildInclusionProofs(
  sha256: Sha256,
  indexes: readonly number[],
  treeSize: number,
  readTile: TileReader,
  memory?: TileMemory,
): Uint8Array[][] {
  const hashOf = rangeHasher(sha256, treeSize, readTile, memory);
  return indexes.map((index) => inclusionRanges(index, treeSize).map(hashOf));
}

/**
 * The consistency proof between two sizes (RFC 6962 §2.1.2) from the tiles that `consistencyTiles`
 * names. Sizes without such a proof are refused as `invalid-log-path`; a missing tile is a fault.
 * `memory` as for an inclusion proof.
 */
export function buildConsistencyProof(
  sha256: Sha256,
  oldSize: number,
  newSize: number,
  readTile: TileReader,
  memory?: TileMemory,
): Uint8Array[] {
  const hashOf = rangeHasher(sha256, newSize, readTile, memory);
  return consistencyRanges(oldSize, newSize).map(hashOf);
}

/** The root hash of the tree of `treeSize` from the tiles that `rootTiles` names. */
export function buildRootHash(sha256: Sha256, treeSize: number, readTile: TileReader): Uint8Array {
  requireTreeSize(treeSize);
  if (treeSize === 0) return emptyRootHash(sha256);
  return rangeHasher(sha256, treeSize, readTile)({ start: 0, end: treeSize });
}

function tilesOfRanges(ranges: readonly LeafRange[], treeSize: number): TileSpan[] {
  const tiles: TileSpan[] = [];
  for (const range of ranges)
    for (const node of completeNodes(range)) {
      const { level, index } = tileOfNode(node);
      if (!tiles.some((tile) => tile.level === level && tile.index === index))
        tiles.push({ level, index, width: tileWidth({ level, index }, treeSize) });
    }
  return tiles;
}

/** MTH(D[start:end]) of ranges in one tree; every tile is read once and every node hashed once. */
function rangeHasher(
  sha256: Sha256,
  treeSize: number,
  readTile: TileReader,
  memory?: TileMemory,
): (range: LeafRange) => Uint8Array {
  /** By tile level and index. */
  const trees: Map<number, TileTree>[] = [];

  const treeOf = ({ level, index }: TileId): TileTree => {
    const ofLevel = (trees[level] ??= new Map());
    let tree = ofLevel.get(index);
    if (!tree) ofLevel.set(index, (tree = makeTree({ level, index })));
    return tree;
  };

  const makeTree = (tile: TileId): TileTree => {
    const width = tileWidth(tile, treeSize);
    const bytes = readTile({ ...tile, width });
    if (widthOfTile(bytes) >= width)
      return memory ? memory.treeOf(sha256, tile, bytes) : new TileTree(sha256, bytes);
    throw new Error(`Tile ${tile.level}/${tile.index} is narrower than its tree`);
  };

  const hashOf = (node: NodeId): Uint8Array => {
    const height = node.level % TILE_HEIGHT;
    return treeOf(tileOfNode(node)).hash(height, node.index % 2 ** (TILE_HEIGHT - height));
  };

  return (range) => foldSubtrees(sha256, completeNodes(range).map(hashOf));
}
