import * as fc from 'fast-check';
import { toHex, type Sha256 } from '#lib/documents';
import {
  buildConsistencyProof,
  buildInclusionProof,
  TileMemory,
  type TileReader,
  type TileSpan,
} from '#lib/tlog';
import { ReferenceTree, sha256, textLeaves } from './reference.js';
import { TileStore } from './tile-store.js';

const SIZE = 70_000;
const leaves = textLeaves(SIZE);
const log = new TileStore();
const reference = new ReferenceTree(leaves);

/** Tiles as they are at the size that is asked for, in memory that nobody else holds. */
const read: TileReader = (tile) => log.read(tile).slice(0, 32 * tile.width);

/** As `read`, but one bit of the named tile's first hash is another. */
const changed =
  (level: number, index: number): TileReader =>
  (tile: TileSpan) => {
    const bytes = read(tile);
    if (tile.level === level && tile.index === index) bytes[0]! ^= 1;
    return bytes;
  };

/** Counts what is hashed; the `wrong`-th hash, when one is named, comes out wrong. */
function counted(wrong?: number) {
  const count = { hashes: 0, wrong };
  const hash: Sha256 = (bytes) => {
    const result = sha256(bytes);
    if (++count.hashes === count.wrong) result[0]! ^= 1;
    return result;
  };
  return { count, hash };
}

const proofOf = (memory: TileMemory, index: number, treeSize = SIZE, from = read, hash = sha256) =>
  buildInclusionProof(hash, index, treeSize, from, memory).map(toHex);
const defined = (index: number, treeSize = SIZE) => reference.path(index, 0, treeSize).map(toHex);

beforeAll(() => {
  log.append(leaves);
});

describe('proofs by a reader that remembers tiles', () => {
  test('are the ones defined, whatever was proved before', () => {
    const size = fc.integer({ min: 1, max: SIZE });
    // Few sizes, so that the same tiles come again, wide and narrow in turn.
    const sizes = fc.oneof(fc.constantFrom(600, 65_536, 65_537, 69_999, SIZE), size);
    const proofs = fc.array(fc.tuple(sizes, fc.nat(SIZE - 1), fc.boolean()), { minLength: 8 });
    fc.assert(
      fc.property(proofs, fc.integer({ min: 1, max: 6 }), (asked, limit) => {
        const memory = new TileMemory(limit);
        for (const [treeSize, at, isInclusion] of asked) {
          const index = at % treeSize;
          const found = isInclusion
            ? buildInclusionProof(sha256, index, treeSize, read, memory)
            : buildConsistencyProof(sha256, index + 1, treeSize, read, memory);
          const wanted = isInclusion
            ? reference.path(index, 0, treeSize)
            : reference.proof(index + 1, treeSize);
          expect(found.map(toHex)).toEqual(wanted.map(toHex));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('cost from the third on what the tile of the leaf costs, and no more', () => {
    const memory = new TileMemory(8);
    for (const index of [300, 900]) proofOf(memory, index);
    const { count, hash } = counted();
    for (let index = 0; index < 65_536; index += 4_099) {
      count.hashes = 0;
      expect(proofOf(memory, index, SIZE, read, hash)).toEqual(defined(index));
      expect(count.hashes).toBeLessThan(256);
    }
  });

  test('of a tree that is asked for once are not hashed twice', () => {
    const memory = new TileMemory(8);
    for (let treeSize = 20_000; treeSize < 25_000; treeSize += 257) {
      const [plain, remembering] = [counted(), counted()];
      buildInclusionProof(plain.hash, 7, treeSize, read);
      proofOf(memory, 7, treeSize, read, remembering.hash);
      expect(remembering.count.hashes).toBeLessThanOrEqual(plain.count.hashes);
    }
  });

  test.each([
    ['full tile above the leaves', 1, 0],
    ['partial tile above the leaves', 1, 1],
    ['partial tile of leaves', 0, 273],
    ['full tile of leaves', 0, 5],
  ])('lead elsewhere at once when a %s is changed behind its back', (_what, level, index) => {
    const memory = new TileMemory(8);
    // Beside the tile that is changed, or under its other half, so that the proof rests on it.
    const at = level === 1 && index === 0 ? 60_000 : 5 * 256 + 9;
    const other = changed(level, index);
    for (let i = 0; i < 4; i++) expect(proofOf(memory, at)).toEqual(defined(at));
    const lie = buildInclusionProof(sha256, at, SIZE, other).map(toHex);
    expect(lie).not.toEqual(defined(at));
    for (let i = 0; i < 4; i++) expect(proofOf(memory, at, SIZE, other)).toEqual(lie);
    for (let i = 0; i < 4; i++) expect(proofOf(memory, at)).toEqual(defined(at));
  });

  test('do not stay wrong when a hash came out wrong once', () => {
    const plain = counted();
    buildInclusionProof(plain.hash, 300, SIZE, read);
    for (let wrong = 1; wrong <= 2 * plain.count.hashes; wrong += 37) {
      const memory = new TileMemory(8);
      const { hash } = counted(wrong);
      const told: unknown[] = [];
      for (let i = 0; i < 2; i++)
        try {
          proofOf(memory, 300, SIZE, read, hash);
        } catch (error) {
          told.push(error);
        }
      for (const error of told)
        expect(error).toEqual(new Error('A tile was hashed twice, and came to two hashes'));
      for (const index of [300, 60_000, 300])
        expect(proofOf(memory, index, SIZE, read, hash)).toEqual(defined(index));
    }
  });

  test('rest on copies: what becomes of the bytes that were read is all the same', () => {
    const memory = new TileMemory(8);
    const lent: Uint8Array[] = [];
    const lend: TileReader = (tile) => {
      const bytes = Buffer.from(read(tile));
      lent.push(bytes);
      return bytes;
    };
    for (let i = 0; i < 3; i++) {
      const proof = buildInclusionProof(sha256, 300, SIZE, lend, memory);
      for (const bytes of [...lent.splice(0), ...proof]) bytes.fill(0);
    }
    expect(proofOf(memory, 300)).toEqual(defined(300));
  });
});
