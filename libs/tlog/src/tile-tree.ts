import type { Sha256 } from '#lib/documents';
import { completeNodes } from './leaf-ranges.js';
import { TILE_HEIGHT, TILE_WIDTH, widthOfTile } from './tile.js';
import { foldSubtrees } from './tree-fold.js';
import { HASH_SIZE, pairHash } from './tree-hash.js';

/**
 * The nodes within one tile, each hashed when it is first asked for, and found by its number as in a
 * binary heap: the root is node 1, node n stands over 2n and 2n + 1, and the hashes of the tile are
 * nodes 256 … 511. What a node hashes so lies side by side.
 */
export class TileTree {
  /** A plain view: a part of a Buffer costs more to name, and its `slice` is no copy. */
  readonly bytes: Uint8Array;
  readonly #inner = new Uint8Array(TILE_WIDTH * HASH_SIZE);
  readonly #isHashed = new Uint8Array(TILE_WIDTH);

  /**
   * From the bytes of a tile, which must stay as they are as long as the tree is used. What is no
   * tile is refused as `malformed-tile`.
   */
  constructor(
    private readonly sha256: Sha256,
    bytes: Uint8Array,
  ) {
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, widthOfTile(bytes) * HASH_SIZE);
  }

  /**
   * The 32 bytes of the `index`-th node (from 0) among those that span 2^height of the tile's hashes,
   * height 0 … 8; all that it spans must be in the tile. The caller owns the bytes.
   */
  hash(height: number, index: number): Uint8Array {
    if (height === 0) return this.bytes.slice(index * HASH_SIZE, (index + 1) * HASH_SIZE);
    const node = 2 ** (TILE_HEIGHT - height) + index;
    this.#complete(node);
    return this.#inner.slice(node * HASH_SIZE, (node + 1) * HASH_SIZE);
  }

  /** The 32 bytes of the hash over all of the tile, for which every node in it is hashed. */
  foldAll(): Uint8Array {
    const nodes = completeNodes({ start: 0, end: this.bytes.length / HASH_SIZE });
    const hashes = nodes.map(({ level, index }) => this.hash(level, index));
    return foldSubtrees(this.sha256, hashes);
  }

  #complete(node: number): void {
    if (this.#isHashed[node] === 1) return;
    this.#inner.set(pairHash(this.sha256, this.#childrenOf(node)), node * HASH_SIZE);
    this.#isHashed[node] = 1;
  }

  #childrenOf(node: number): Uint8Array {
    const left = 2 * node;
    if (left >= TILE_WIDTH) return pairAt(this.bytes, left - TILE_WIDTH);
    this.#complete(left);
    this.#complete(left + 1);
    return pairAt(this.#inner, left);
  }
}

function pairAt(hashes: Uint8Array, left: number): Uint8Array {
  return hashes.subarray(left * HASH_SIZE, (left + 2) * HASH_SIZE);
}
