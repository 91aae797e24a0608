import * as fc from 'fast-check';
import { toHex } from '#lib/documents';
import {
  buildConsistencyProof,
  buildInclusionProof,
  buildInclusionProofs,
  buildRootHash,
  consistencyTiles,
  inclusionTiles,
  leafHash,
  rootTiles,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
  type TileReader,
  type TileSpan,
} from '#lib/tlog';
import vectors from '../vectors/c2sp/go-tlog.json' with { type: 'json' };
import { problemOf } from './problems.js';
import { ReferenceTree, sha256, textLeaves } from './reference.js';
import { TileStore } from './tile-store.js';

const SIZE = 70_000;
const leaves = textLeaves(SIZE);
const log = new TileStore();
const reference = new ReferenceTree(leaves);

/** Gives out only the tiles that were named beforehand, cut to the width they had at that size. */
function onlyThese(tiles: TileSpan[]): TileReader {
  return (wanted) => {
    const named = tiles.find((t) => t.level === wanted.level && t.index === wanted.index);
    if (named?.width !== wanted.width) throw new Error(`Tile ${JSON.stringify(wanted)} not named`);
    return log.read(wanted).subarray(0, 32 * named.width);
  };
}

const sizes = fc
  .tuple(fc.integer({ min: 1, max: SIZE }), fc.integer({ min: 1, max: SIZE }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

beforeAll(() => {
  log.append(leaves);
});

describe('proofs built from tiles, as the Go implementation builds them', () => {
  test.each(Object.entries(vectors.roots))('the root hash at size %s', (size, root) => {
    expect(toHex(buildRootHash(sha256, Number(size), log.read))).toBe(root);
  });

  test.each(vectors.inclusion)('index $index in size $treeSize', ({ index, treeSize, proof }) => {
    expect(buildInclusionProof(sha256, index, treeSize, log.read).map(toHex)).toEqual(proof);
  });

  test.each(vectors.consistency)('$oldSize to $newSize', ({ oldSize, newSize, proof }) => {
    expect(buildConsistencyProof(sha256, oldSize, newSize, log.read).map(toHex)).toEqual(proof);
  });
});

describe('proofs built from tiles, up to 70,000 entries', () => {
  test('an inclusion proof needs only the tiles it names, and is the one defined', () => {
    fc.assert(
      fc.property(sizes, ([index, treeSize]) => {
        const tiles = inclusionTiles(index - 1, treeSize);
        const proof = buildInclusionProof(sha256, index - 1, treeSize, onlyThese(tiles));
        expect(proof.map(toHex)).toEqual(reference.path(index - 1, 0, treeSize).map(toHex));
        expect(tiles.length).toBeLessThanOrEqual(5);
        verifyInclusion(sha256, {
          index: index - 1,
          treeSize,
          leafHash: leafHash(sha256, leaves[index - 1]!),
          rootHash: reference.mth(0, treeSize),
          proof,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('the proofs of a whole batch are those of its entries, and read each tile once', () => {
    const indexes = Array.from({ length: 256 }, (_, i) => SIZE - 256 + i);
    const reads: string[] = [];
    const proofs = buildInclusionProofs(sha256, indexes, SIZE, (tile) => {
      reads.push(`${tile.level}/${tile.index}`);
      return log.read(tile);
    });
    expect(new Set(reads).size).toBe(reads.length);
    expect(proofs.map((proof) => proof.map(toHex))).toEqual(
      indexes.map((index) => reference.path(index).map(toHex)),
    );
  });

  test('a consistency proof needs only the tiles it names, and is the one defined', () => {
    fc.assert(
      fc.property(sizes, ([oldSize, newSize]) => {
        const tiles = consistencyTiles(oldSize, newSize);
        const proof = buildConsistencyProof(sha256, oldSize, newSize, onlyThese(tiles));
        expect(proof.map(toHex)).toEqual(reference.proof(oldSize, newSize).map(toHex));
        verifyConsistency(sha256, {
          oldSize,
          newSize,
          oldRoot: reference.mth(0, oldSize),
          newRoot: reference.mth(0, newSize),
          proof,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('a root hash needs only the tiles it names', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SIZE }), (size) => {
        const root = buildRootHash(sha256, size, onlyThese(rootTiles(size)));
        expect(root).toEqual(reference.mth(0, size));
      }),
    );
  });

  test('the tiles named exist at that size', () => {
    fc.assert(
      fc.property(sizes, ([index, treeSize]) => {
        for (const tile of inclusionTiles(index - 1, treeSize)) {
          expect(tile.width).toBe(tileWidth(tile, treeSize));
          expect(tile.width).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('what cannot be proved', () => {
  test.each([
    [0, 0],
    [5, 5],
    [-1, 5],
    [1.5, 5],
    [0, 2 ** 53],
  ])('index %p in a tree of size %p is refused', (index, treeSize) => {
    expect(problemOf(() => inclusionTiles(index, treeSize))).toBe('invalid-log-path');
    expect(problemOf(() => buildInclusionProof(sha256, index, treeSize, log.read))).toBe(
      'invalid-log-path',
    );
  });

  test.each([
    [0, 5],
    [6, 5],
    [-1, 5],
    [1, NaN],
  ])('consistency of sizes %p and %p is refused', (oldSize, newSize) => {
    expect(problemOf(() => consistencyTiles(oldSize, newSize))).toBe('invalid-log-path');
  });

  test('a tile shorter than its tree is a fault of the store, and of no person', () => {
    const short: TileReader = () => new Uint8Array(32);
    expect(() => buildInclusionProof(sha256, 9, 300, short)).toThrow('narrower than its tree');
  });

  test('what is no tile is refused', () => {
    for (const size of [0, 31, 33, 257 * 32]) {
      const odd: TileReader = () => new Uint8Array(size);
      expect(problemOf(() => buildInclusionProof(sha256, 9, 300, odd))).toBe('malformed-tile');
    }
  });

  test('a hash of another length than 32 bytes is a fault', () => {
    const short = (bytes: Uint8Array) => sha256(bytes).subarray(1);
    expect(() => buildInclusionProof(short, 9, 300, log.read)).toThrow(RangeError);
  });
});
