import type { Sha256 } from '#lib/documents';
import { completeNodes } from './leaf-ranges.js';
import { formatTile, partialTileWidth, TILE_HEIGHT, TILE_WIDTH, type Tile } from './tile.js';
import { foldSubtrees, foldPairs } from './tree-fold.js';
import { emptyRootHash, HASH_SIZE, nodeHash } from './tree-hash.js';

/**
 * The right edge of a tree: all that its writer must keep in order to go on. A value, never changed
 * in place, so that a batch whose transaction fails is simply forgotten.
 */
export interface Frontier {
  readonly size: number;
  /** By tile level, the hashes of the partial tile: `partialTileWidth(level, size)` of them. */
  readonly edge: readonly (readonly Uint8Array[])[];
  /** The hashes of the complete subtrees that make up the tree, largest first. */
  readonly subtrees: readonly Uint8Array[];
}

/** A frontier after growth, and the full tiles that the growth completed, in order of completion. */
export interface Growth {
  frontier: Frontier;
  completed: Tile[];
}

/** The frontier of the tree without leaves. */
export const EMPTY_FRONTIER: Frontier = { size: 0, edge: [], subtrees: [] };

/** Appends leaf hashes, each 32 bytes; about one node hash per leaf, whatever the size of the tree. */
export function appendLeafHashes(
  sha256: Sha256,
  frontier: Frontier,
  leafHashes: readonly Uint8Array[],
): Growth {
  const edge = frontier.edge.map((hashes) => [...hashes]);
  const subtrees = [...frontier.subtrees];
  const completed: Tile[] = [];
  let size = frontier.size;

  const addToTile = (level: number, hash: Uint8Array): void => {
    const hashes = (edge[level] ??= []);
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    const index = Math.floor(size / TILE_WIDTH ** (level + 1));
    completed.push({ level, index, width: TILE_WIDTH, bytes: formatTile(hashes) });
    edge[level] = [];
  };

  for (const leafHash of leafHashes) {
    // As in binary addition: each set bit of the size is a complete subtree, and carries.
    let hash = leafHash;
    addToTile(0, hash);
    for (let level = 1, n = size; n % 2 === 1; level++, n = (n - 1) / 2) {
      hash = nodeHash(sha256, subtrees.pop()!, hash);
      if (level % TILE_HEIGHT === 0) addToTile(level / TILE_HEIGHT, hash);
    }
    subtrees.push(hash);
    size++;
  }
  return { frontier: { size, edge, subtrees }, completed };
}

/** The root hash of the tree that ends at this frontier, MTH(D[0:size]) (RFC 6962 §2.1). */
export function frontierRoot(sha256: Sha256, { subtrees }: Frontier): Uint8Array {
  return subtrees.length === 0 ? emptyRootHash(sha256) : foldSubtrees(sha256, subtrees);
}

/** The partial tiles of the tree that ends at this frontier; empty ones are never served. */
export function partialTiles({ size, edge }: Frontier): Tile[] {
  return edge.flatMap((hashes, level) => {
    if (hashes.length === 0) return [];
    const index = Math.floor(size / TILE_WIDTH ** (level + 1));
    return [{ level, index, width: hashes.length, bytes: formatTile(hashes) }];
  });
}

/** The edge as bytes: the partial tiles' hashes, lowest level first. The size says how wide each is. */
export function formatFrontier({ edge }: Frontier): Uint8Array {
  return formatTile(edge.flat());
}

/**
 * The frontier of a tree of `size` from its stored edge. Bytes of the wrong length are a fault of
 * the store (an Error); wrong hashes show as another root, which the caller compares.
 */
export function parseFrontier(sha256: Sha256, size: number, bytes: Uint8Array): Frontier {
  const edge: Uint8Array[][] = [];
  let offset = 0;
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    const end = offset + partialTileWidth(level, size) * HASH_SIZE;
    const hashes: Uint8Array[] = [];
    for (; offset < end; offset += HASH_SIZE) hashes.push(bytes.slice(offset, offset + HASH_SIZE));
    edge.push(hashes);
  }
  if (offset !== bytes.length) {
    throw new Error(`The edge of a tree of size ${size} has ${offset} bytes, not ${bytes.length}`);
  }
  const subtrees = edge.toReversed().flatMap((hashes) => tileSubtrees(sha256, hashes));
  return { size, edge, subtrees };
}

/** The complete subtrees within one partial tile, largest first. */
function tileSubtrees(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array[] {
  return completeNodes({ start: 0, end: hashes.length }).map(({ level, index }) => {
    const width = 2 ** level;
    return foldPairs(sha256, hashes.slice(index * width, (index + 1) * width));
  });
}
