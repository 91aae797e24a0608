import type { Sha256 } from '#lib/documents';
import { refuse, type Problem } from '#lib/problem';
import { HASH_SIZE, hashesEqual, nodeHash } from './tree-hash.js';

/** The claim that a leaf is the `index`-th of a tree, and the hashes that prove it. */
export interface InclusionClaim {
  index: number;
  treeSize: number;
  leafHash: Uint8Array;
  rootHash: Uint8Array;
  /** RFC 6962 §2.1.1, the leaf's sibling first. */
  proof: readonly Uint8Array[];
}

/** The claim that one tree is a prefix of another, and the hashes that prove it. */
export interface ConsistencyClaim {
  oldSize: number;
  newSize: number;
  oldRoot: Uint8Array;
  newRoot: Uint8Array;
  /** RFC 6962 §2.1.2. */
  proof: readonly Uint8Array[];
}

/**
 * Verifies an inclusion proof by the steps of RFC 9162 §2.1.3.2; every value of the claim may come
 * from an attacker. Throws `inclusion-invalid`.
 */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): void {
  const { index, treeSize, proof, rootHash } = claim;
  if (!isSize(index) || !isSize(treeSize) || index >= treeSize) {
    throw inclusionInvalid(`index ${index} is not in a tree of size ${treeSize}`);
  }
  requireHashes([claim.leafHash, rootHash, ...proof], inclusionInvalid);
  // 2. Set fn to leaf_index and sn to tree_size - 1.  3. Set r to hash.
  let fn = index;
  let sn = treeSize - 1;
  let r = claim.leafHash;
  // 4. For each value p in the inclusion_path array:
  for (const p of proof) {
    if (sn === 0) throw inclusionInvalid('the proof is longer than the tree is high');
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(sha256, p, r);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      r = nodeHash(sha256, r, p);
    }
    fn = half(fn);
    sn = half(sn);
  }
  // 5. Compare sn to 0.  Compare r against the root_hash.
  if (sn !== 0) throw inclusionInvalid('the proof is shorter than the tree is high');
  if (!hashesEqual(r, rootHash)) throw inclusionInvalid('the proof leads to another root hash');
}

/**
 * Verifies a consistency proof by the steps of RFC 9162 §2.1.4.2; every value of the claim may come
 * from an attacker. Equal sizes need equal roots and an empty proof. An old size of 0 is not a claim
 * that hashes can prove: the caller decides about it. Throws `consistency-invalid`.
 */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): void {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  if (!isSize(oldSize) || !isSize(newSize) || oldSize === 0 || oldSize > newSize) {
    throw consistencyInvalid(`no proof leads from size ${oldSize} to size ${newSize}`);
  }
  requireHashes([oldRoot, newRoot, ...proof], consistencyInvalid);
  if (oldSize === newSize) {
    if (proof.length > 0) throw consistencyInvalid('equal sizes need an empty proof');
    if (!hashesEqual(oldRoot, newRoot)) throw consistencyInvalid('one size has two root hashes');
    return;
  }
  // 1. If consistency_path is an empty array, stop and fail the proof verification.
  if (proof.length === 0) throw consistencyInvalid('the proof is empty');
  const { fr, sr } = consistencyRoots(sha256, claim);
  // 7. Verify that the fr calculated is equal to first_hash, that sr is equal to second_hash.
  if (!hashesEqual(fr, oldRoot)) throw consistencyInvalid('the proof leads to another old root');
  if (!hashesEqual(sr, newRoot)) throw consistencyInvalid('the proof leads to another new root');
}

/** Steps 2 to 6 of RFC 9162 §2.1.4.2: the two roots that the proof leads to. */
function consistencyRoots(sha256: Sha256, { oldSize, newSize, oldRoot, proof }: ConsistencyClaim) {
  // 2. If first is an exact power of 2, then prepend first_hash to the consistency_path array.
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  // 3. Set fn to first - 1 and sn to second - 1.  4. If LSB(fn) is set, right-shift both.
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  // 5. Set both fr and sr to the first value in the consistency_path array.
  let fr = path[0]!;
  let sr = path[0]!;
  // 6. For each subsequent value c in the consistency_path array:
  for (const c of path.slice(1)) {
    if (sn === 0) throw consistencyInvalid('the proof is longer than the tree is high');
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(sha256, c, fr);
      sr = nodeHash(sha256, c, sr);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      sr = nodeHash(sha256, sr, c);
    }
    fn = half(fn);
    sn = half(sn);
  }
  // 7. … and sn is 0.
  if (sn !== 0) throw consistencyInvalid('the proof is shorter than the tree is high');
  return { fr, sr };
}

// Sizes reach 2^53 - 1, where JavaScript's own >> and & would cut them to 32 bits.
const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

function isPowerOfTwo(n: number): boolean {
  let rest = n;
  while (rest > 1 && !isOdd(rest)) rest = half(rest);
  return rest === 1;
}

function requireHashes(hashes: readonly Uint8Array[], problem: (why: string) => Problem): void {
  if (hashes.some((hash) => hash.length !== HASH_SIZE)) throw problem('a hash is not 32 bytes');
}

const inclusionInvalid = (why: string): Problem =>
  refuse('inclusion-invalid', `The inclusion proof does not hold: ${why}.`);

const consistencyInvalid = (why: string): Problem =>
  refuse('consistency-invalid', `The consistency proof does not hold: ${why}.`);
