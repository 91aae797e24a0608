import * as fc from 'fast-check';
import { fromHex, toHex } from '#lib/documents';
import {
  emptyRootHash,
  leafHash,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from '#lib/tlog';
import vectors from '../vectors/rfc6962/ct-test-tree.json' with { type: 'json' };
import { problemOf } from './problems.js';
import { ReferenceTree, sha256, textLeaves } from './reference.js';

const ctLeaves = vectors.leaves.map(fromHex);
const ctRoot = (size: number): Uint8Array => fromHex(vectors.roots[size - 1]!);
const someHash = sha256(new TextEncoder().encode('some other hash'));
const tree = new ReferenceTree(textLeaves(3000));

const inclusionClaim = (index: number, treeSize: number): InclusionClaim => ({
  index,
  treeSize,
  leafHash: leafHash(sha256, tree.leaves[index]!),
  rootHash: tree.mth(0, treeSize),
  proof: tree.path(index, 0, treeSize),
});

const consistencyClaim = (oldSize: number, newSize: number): ConsistencyClaim => ({
  oldSize,
  newSize,
  oldRoot: tree.mth(0, oldSize),
  newRoot: tree.mth(0, newSize),
  proof: tree.proof(oldSize, newSize),
});

const inclusionOf = (claim: InclusionClaim) => problemOf(() => verifyInclusion(sha256, claim));
const consistencyOf = (claim: ConsistencyClaim) =>
  problemOf(() => verifyConsistency(sha256, claim));
const flipped = (hash: Uint8Array): Uint8Array =>
  hash.map((byte, i) => (i === 0 ? byte ^ 8 : byte));

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

describe('the published Certificate Transparency test tree', () => {
  test('its roots follow from its leaves', () => {
    expect(toHex(emptyRootHash(sha256))).toBe(vectors.emptyRoot);
    expect(toHex(leafHash(sha256, ctLeaves[0]!))).toBe(vectors.roots[0]);
    for (let size = 1; size <= ctLeaves.length; size++) {
      expect(toHex(new ReferenceTree(ctLeaves.slice(0, size)).mth())).toBe(vectors.roots[size - 1]);
    }
  });

  test.each(vectors.inclusion)('leaf $index is proved in the tree of $treeSize', (vector) => {
    const { index, treeSize } = vector;
    const proof = vector.proof.map(fromHex);
    expect(new ReferenceTree(ctLeaves).path(index, 0, treeSize).map(toHex)).toEqual(vector.proof);
    const leaf = leafHash(sha256, ctLeaves[index]!);
    const claim = { index, treeSize, leafHash: leaf, rootHash: ctRoot(treeSize), proof };
    expect(inclusionOf(claim)).toBe('none');
  });

  test.each(vectors.consistency)('size $oldSize is a prefix of size $newSize', (vector) => {
    const { oldSize, newSize } = vector;
    const proof = vector.proof.map(fromHex);
    expect(new ReferenceTree(ctLeaves).proof(oldSize, newSize).map(toHex)).toEqual(vector.proof);
    const claim = { oldSize, newSize, oldRoot: ctRoot(oldSize), newRoot: ctRoot(newSize), proof };
    expect(consistencyOf(claim)).toBe('none');
  });
});

describe('an inclusion proof', () => {
  test('by definition holds for every leaf of every tree', () => {
    fc.assert(
      fc.property(sizes, ([index, treeSize]) => {
        expect(inclusionOf(inclusionClaim(index - 1, treeSize))).toBe('none');
      }),
    );
  });

  test('is refused once anything in it is changed', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ([index, treeSize], at) => {
        const claim = inclusionClaim(index - 1, treeSize);
        const { proof } = claim;
        const forgeries: Partial<InclusionClaim>[] = [
          { leafHash: someHash },
          { leafHash: claim.leafHash.subarray(1) },
          { rootHash: someHash },
          { rootHash: emptyRootHash(sha256) },
          { rootHash: new Uint8Array() },
          { proof: [...proof, claim.rootHash] },
          { proof: [claim.rootHash, ...proof] },
          { proof: [...proof, new Uint8Array()] },
          { proof: [new Uint8Array(), ...proof] },
        ];
        if (proof.length > 0) {
          const i = at % proof.length;
          forgeries.push(
            { proof: proof.slice(1) },
            { proof: proof.slice(0, -1) },
            { proof: proof.with(i, flipped(proof[i]!)) },
            { proof: proof.with(i, proof[i]!.subarray(0, 31)) },
          );
        }
        for (const forgery of forgeries) {
          expect(inclusionOf({ ...claim, ...forgery })).toBe('inclusion-invalid');
        }
      }),
    );
  });

  test('proves no other index and no tree of another height', () => {
    fc.assert(
      fc.property(sizes, fc.nat(3000), ([index, treeSize], other) => {
        const claim = inclusionClaim(index - 1, treeSize);
        if (other !== claim.index) {
          expect(inclusionOf({ ...claim, index: other })).toBe('inclusion-invalid');
        }
        expect(inclusionOf({ ...claim, treeSize: treeSize * 2 })).toBe('inclusion-invalid');
      }),
    );
  });

  test.each([
    [0, 0],
    [1, 1],
    [8, 7],
    [-1, 8],
    [0.5, 8],
    [NaN, 8],
    [0, Infinity],
    [0, 2 ** 53],
  ])(
    'for index %p in a tree of size %p is refused before anything is hashed',
    (index, treeSize) => {
      const claim = { index, treeSize, leafHash: someHash, rootHash: someHash, proof: [] };
      expect(inclusionOf(claim)).toBe('inclusion-invalid');
    },
  );

  test('cannot pass an inner node off as an entry (second preimage)', () => {
    // The attacker offers the two children of a node as one "entry", and the proof from there up.
    const [left, right] = [leafHash(sha256, ctLeaves[0]!), leafHash(sha256, ctLeaves[1]!)];
    const forgedEntry = Buffer.concat([left, right]);
    const rootHash = nodeHash(sha256, left, right);
    const claim = { index: 0, treeSize: 1, rootHash, proof: [] };
    expect(inclusionOf({ ...claim, leafHash: leafHash(sha256, forgedEntry) })).toBe(
      'inclusion-invalid',
    );
  });

  test('is built of hashes alone: a node over anything else is a fault', () => {
    const hash = leafHash(sha256, ctLeaves[0]!);
    expect(() => nodeHash(sha256, hash, hash.subarray(1))).toThrow(RangeError);
    expect(() => nodeHash(sha256, Buffer.concat([hash, hash]), hash)).toThrow(RangeError);
  });

  test('works beyond 32 bits, where shifts would wrap', () => {
    // A tree of 2^33 equal leaves, whose levels have one hash each.
    let hash = leafHash(sha256, new Uint8Array());
    const proof: Uint8Array[] = [];
    for (let level = 0; level < 33; level++) {
      proof.push(hash);
      hash = nodeHash(sha256, hash, hash);
    }
    const leaf = leafHash(sha256, new Uint8Array());
    const claim = { index: 2 ** 32 + 5, treeSize: 2 ** 33, leafHash: leaf, rootHash: hash, proof };
    expect(inclusionOf(claim)).toBe('none');
    expect(inclusionOf({ ...claim, treeSize: 2 ** 32 })).toBe('inclusion-invalid');
  });
});

describe('a consistency proof', () => {
  test('by definition holds between any two sizes', () => {
    fc.assert(
      fc.property(sizes, ([oldSize, newSize]) => {
        expect(consistencyOf(consistencyClaim(oldSize, newSize))).toBe('none');
      }),
    );
  });

  test('is refused once anything in it is changed', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ([oldSize, newSize], at) => {
        fc.pre(oldSize < newSize);
        const claim = consistencyClaim(oldSize, newSize);
        const { proof } = claim;
        const i = at % proof.length;
        const forgeries: Partial<ConsistencyClaim>[] = [
          { oldSize: 0 },
          { oldSize: newSize },
          { newSize: newSize * 2 },
          { newSize: oldSize },
          { oldRoot: someHash },
          { newRoot: someHash },
          { oldRoot: claim.newRoot, newRoot: claim.oldRoot },
          { oldRoot: new Uint8Array() },
          { proof: [] },
          { proof: proof.slice(0, -1) },
          { proof: [...proof, claim.oldRoot] },
          { proof: [...proof, new Uint8Array()] },
          { proof: [claim.newRoot, ...proof] },
          { proof: [proof[0]!, ...proof] },
          { proof: proof.with(i, flipped(proof[i]!)) },
        ];
        for (const forgery of forgeries) {
          expect(consistencyOf({ ...claim, ...forgery })).toBe('consistency-invalid');
        }
      }),
    );
  });

  test('shows a rewritten entry: the fork has another root at the old size', () => {
    const fork = new ReferenceTree(tree.leaves.with(40, new TextEncoder().encode('rewritten')));
    const claim = {
      oldSize: 100,
      newSize: 200,
      oldRoot: tree.mth(0, 100),
      newRoot: fork.mth(0, 200),
      proof: fork.proof(100, 200),
    };
    expect(consistencyOf(claim)).toBe('consistency-invalid');
  });

  test('between equal sizes is empty and needs equal roots', () => {
    const claim = consistencyClaim(7, 7);
    expect(consistencyOf(claim)).toBe('none');
    expect(consistencyOf({ ...claim, newRoot: someHash })).toBe('consistency-invalid');
    expect(consistencyOf({ ...claim, proof: [someHash] })).toBe('consistency-invalid');
  });

  test('never leads back in time, nor from or to what is no size', () => {
    for (const [oldSize, newSize] of [
      [2, 1],
      [0, 0],
      [0, 1],
      [1, NaN],
      [1.5, 2],
      [1, 2 ** 53],
    ] as const) {
      const roots = { oldRoot: someHash, newRoot: someHash };
      expect(consistencyOf({ oldSize, newSize, ...roots, proof: [] })).toBe('consistency-invalid');
    }
  });
});
