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
  parseTile,
  TILE_HEIGHT,
  TILE_WIDTH,
  tileOfNode,
  tileWidth,
  type TileId,
  type TileSpan,
} from './tile.js';
import { foldSubtrees } from './tree-fold.js';
import { emptyRootHash, nodeHash } from './tree-hash.js';

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
  return buildInclusionProofs(sha256, [index], treeSize, readTile)[0]!;
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
): Uint8Array[][] {
  const hashOf = rangeHasher(sha256, treeSize, readTile);
  return indexes.map((index) => inclusionRanges(index, treeSize).map(hashOf));
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
    const tile = tileOfNode(node);
    tiles.set(`${tile.level}/${tile.index}`, { ...tile, width: tileWidth(tile, treeSize) });
  }
  return [...tiles.values()];
}

/** MTH(D[start:end]) of ranges in one tree; every tile is read once and every node hashed once. */
function rangeHasher(sha256: Sha256, treeSize: number, readTile: TileReader) {
  const tiles = new Map<string, Uint8Array[]>();
  const nodes = new Map<string, Uint8Array>();

  const hashesOf = (tile: TileId): Uint8Array[] =>
    remember(tiles, `${tile.level}/${tile.index}`, () => {
      const width = tileWidth(tile, treeSize);
      const hashes = parseTile(readTile({ ...tile, width }));
      if (hashes.length >= width) return hashes;
      throw new Error(`Tile ${tile.level}/${tile.index} is narrower than its tree`);
    });

  const hashOf = ({ level, index }: NodeId): Uint8Array => {
    const inTile = level % TILE_HEIGHT;
    if (inTile === 0) return hashesOf(tileOfNode({ level, index }))[index % TILE_WIDTH]!;
    return remember(nodes, `${level}/${index}`, () => {
      const left = hashOf({ level: level - 1, index: 2 * index });
      const right = hashOf({ level: level - 1, index: 2 * index + 1 });
      return nodeHash(sha256, left, right);
    });
  };

  return (range: LeafRange): Uint8Array => foldSubtrees(sha256, completeNodes(range).map(hashOf));
}

function remember<T>(known: Map<string, T>, name: string, compute: () => T): T {
  let value = known.get(name);
  if (value === undefined) {
    value = compute();
    known.set(name, value);
  }
  return value;
}
