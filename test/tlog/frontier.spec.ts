import * as fc from 'fast-check';
import { toHex } from '#lib/documents';
import {
  appendLeafHashes,
  completedTiles,
  EMPTY_FRONTIER,
  emptyRootHash,
  formatFrontier,
  frontierRoot,
  leafHash,
  parseFrontier,
  partialTiles,
  partialTileWidth,
  type Tile,
} from '#lib/tlog';
import { ReferenceTree, sha256, textLeaves } from './reference.js';
import { TileStore } from './tile-store.js';

const leaves = textLeaves(3000);
const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
const reference = new ReferenceTree(leaves);
/** Tiles with a digest for their bytes: quicker to compare, and to read when they differ. */
const digestOf = (tiles: readonly Tile[]) =>
  tiles.map((tile) => ({ ...tile, bytes: toHex(sha256(tile.bytes)) }));

const batches = fc.array(fc.nat(400), { minLength: 1, maxLength: 7 });

describe('the right edge that a writer keeps', () => {
  test('begins with the empty tree', () => {
    expect(frontierRoot(sha256, EMPTY_FRONTIER)).toEqual(emptyRootHash(sha256));
    expect(partialTiles(EMPTY_FRONTIER)).toEqual([]);
    expect(formatFrontier(EMPTY_FRONTIER)).toHaveLength(0);
  });

  test('has the root of the definition after every batch, however the batches fall', () => {
    fc.assert(
      fc.property(batches, (counts) => {
        const log = new TileStore();
        for (const count of counts) {
          log.append(leaves.slice(log.frontier.size, log.frontier.size + count));
          const expected = reference.mth(0, log.frontier.size);
          expect(frontierRoot(sha256, log.frontier)).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('completes exactly the full tiles of the growth, each with the hashes of the definition', () => {
    fc.assert(
      fc.property(batches, (counts) => {
        const log = new TileStore();
        for (const count of counts) {
          const before = log.frontier.size;
          const tiles = log.append(leaves.slice(before, before + count));
          const named = completedTiles(before, log.frontier.size);
          expect(tiles.map(({ level, index }) => ({ level, index }))).toEqual(
            expect.arrayContaining(named),
          );
          expect(tiles).toHaveLength(named.length);
          for (const { level, index, width, bytes } of tiles) {
            expect([level, width]).toEqual([0, 256]);
            const expected = hashes.slice(index * 256, (index + 1) * 256);
            expect(Buffer.concat(expected).equals(bytes)).toBe(true);
          }
        }
        for (const { level, width } of partialTiles(log.frontier)) {
          expect(width).toBe(partialTileWidth(level, log.frontier.size));
        }
      }),
      { numRuns: 20 },
    );
  });

  test('survives being stored and read again', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(700), (size, more) => {
        const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, hashes.slice(0, size));
        const reread = parseFrontier(sha256, size, formatFrontier(frontier));
        expect(frontierRoot(sha256, reread)).toEqual(frontierRoot(sha256, frontier));
        const next = hashes.slice(size, size + more);
        const [a, b] = [frontier, reread].map((f) => appendLeafHashes(sha256, f, next));
        expect(digestOf(b!.completed)).toEqual(digestOf(a!.completed));
        expect(b!.frontier.subtrees).toEqual(a!.frontier.subtrees);
      }),
      { numRuns: 30 },
    );
  });

  test('is not changed by a batch that is then rolled back', () => {
    const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, hashes.slice(0, 300));
    const stored = formatFrontier(frontier);
    appendLeafHashes(sha256, frontier, hashes.slice(300, 900));
    expect(toHex(formatFrontier(frontier))).toBe(toHex(stored));
    expect(frontierRoot(sha256, frontier)).toEqual(reference.mth(0, 300));
  });

  test('of the wrong length is a fault; with a changed hash it shows another root', () => {
    const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, hashes.slice(0, 300));
    const stored = formatFrontier(frontier);
    expect(() => parseFrontier(sha256, 300, stored.subarray(1))).toThrow('The edge of a tree');
    expect(() => parseFrontier(sha256, 299, stored)).toThrow('The edge of a tree');
    const damaged = stored.with(0, stored[0]! ^ 1);
    const root = frontierRoot(sha256, parseFrontier(sha256, 300, damaged));
    expect(root).not.toEqual(reference.mth(0, 300));
  });
});
