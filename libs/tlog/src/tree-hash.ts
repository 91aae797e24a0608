import type { Sha256 } from '#lib/documents';

/** Octets of every hash in a log: SHA-256, the one hash of RFC 6962 §2.1 and of the C2SP formats. */
export const HASH_SIZE = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/**
 * What is hashed is put together here, again and again: fresh memory for each input would cost as
 * much as to hash it. SHA-256 is synchronous, so nobody else can come between.
 */
let leafInput = new Uint8Array(4096);
const nodeInput = new Uint8Array(1 + 2 * HASH_SIZE);

/** The 32-byte hash of one leaf, `SHA-256(0x00 || d)` (RFC 6962 §2.1). */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  if (leaf.length >= leafInput.length) leafInput = new Uint8Array(2 * leaf.length);
  leafInput[0] = LEAF_PREFIX;
  leafInput.set(leaf, 1);
  return sha256(leafInput.subarray(0, 1 + leaf.length));
}

/**
 * The 32-byte hash of an inner node, `SHA-256(0x01 || left || right)` (RFC 6962 §2.1). The prefix
 * differs from the leaf's, so that no node can be passed off as an entry. Hashes of another length
 * than 32 bytes are a fault (RangeError).
 */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_SIZE || right.length !== HASH_SIZE)
    throw new RangeError(`A node is over two hashes of ${HASH_SIZE} bytes`);
  nodeInput[0] = NODE_PREFIX;
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_SIZE);
  return sha256(nodeInput);
}

/**
 * As `nodeHash`, of two hashes that lie side by side: 64 bytes. A pair of another length, or a hash
 * that comes out with another than 32 bytes, is a fault (RangeError).
 */
export function pairHash(sha256: Sha256, pair: Uint8Array): Uint8Array {
  if (pair.length !== 2 * HASH_SIZE)
    throw new RangeError(`A node is over two hashes of ${HASH_SIZE} bytes`);
  nodeInput[0] = NODE_PREFIX;
  nodeInput.set(pair, 1);
  const hash = sha256(nodeInput);
  if (hash.length !== HASH_SIZE) throw new RangeError(`A hash has ${HASH_SIZE} bytes`);
  return hash;
}

/** The root hash of the tree without leaves, `MTH({}) = SHA-256("")` (RFC 6962 §2.1). */
export function emptyRootHash(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array());
}

/** Whether two hashes are the same 32 bytes; anything of another length equals nothing. */
export function hashesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== HASH_SIZE || b.length !== HASH_SIZE) return false;
  for (let i = 0; i < HASH_SIZE; i++) if (a[i] !== b[i]) return false;
  return true;
}
