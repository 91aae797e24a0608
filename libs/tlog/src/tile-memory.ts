import type { Sha256 } from '#lib/documents';
import { TILE_WIDTH, type TileId } from './tile.js';
import { TileTree } from './tile-tree.js';
import { HASH_SIZE, hashesEqual } from './tree-hash.js';

interface Kept {
  tree: TileTree;
  /** Whether it was hashed a second time, and came out the same. */
  isProven: boolean;
}

/**
 * Keeps the nodes of those tiles of one log that many proofs go through: the full ones above the
 * leaves that were used last, and the partial ones of the tree that was used last.
 *
 * It spares the hashing and not the reading: a tile is known again by every byte of it, so one that
 * was changed where it is stored is another tile here, and is hashed as if the first had never been.
 * And no hash is believed for good because it came out once: a tile is hashed for two proofs, and
 * kept for the third when both came to the same.
 */
export class TileMemory {
  /** A Map keeps the order of insertion, and what is used is put last. */
  readonly #kept = new Map<string, Kept>();

  /** Keeps that many tiles at most, 16 KiB each. */
  constructor(private readonly limit: number) {}

  /** The nodes of a tile, from its bytes. A hash that comes out in two ways is a fault (Error). */
  treeOf(sha256: Sha256, { level, index }: TileId, bytes: Uint8Array): TileTree {
    const isFull = bytes.length === TILE_WIDTH * HASH_SIZE;
    // Full tiles of leaves are many, and each serves few proofs.
    if (isFull && level === 0) return new TileTree(sha256, bytes);
    const name = isFull ? `${level}/${index}` : `${level}.p`;
    const before = this.#kept.get(name);
    const isKnown = before !== undefined && isSame(before.tree.bytes, bytes);
    this.#kept.delete(name);
    const kept = isKnown ? proven(sha256, before) : unproven(sha256, bytes);
    this.#kept.set(name, kept);
    if (this.#kept.size > this.limit) this.#kept.delete(this.#kept.keys().next().value!);
    return kept.tree;
  }
}

/** Of a copy, since the caller may do with the bytes what it likes. */
function unproven(sha256: Sha256, bytes: Uint8Array): Kept {
  return { tree: new TileTree(sha256, Uint8Array.from(bytes)), isProven: false };
}

function proven(sha256: Sha256, kept: Kept): Kept {
  if (kept.isProven) return kept;
  const again = new TileTree(sha256, kept.tree.bytes);
  if (hashesEqual(again.foldAll(), kept.tree.foldAll())) return { tree: again, isProven: true };
  throw new Error('A tile was hashed twice, and came to two hashes');
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
