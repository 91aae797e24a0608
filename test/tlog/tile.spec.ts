import * as fc from 'fast-check';
import {
  completedTiles,
  formatEntryBundle,
  formatTile,
  formatTilePath,
  MAX_ENTRY_SIZE,
  parseEntryBundle,
  parseTile,
  parseTilePath,
  partialTileWidth,
  tileWidth,
  type TilePath,
} from '#lib/tlog';
import { problemOf } from './problems.js';

const paths = fc.record<TilePath>({
  level: fc.oneof(fc.nat(63), fc.constant('entries' as const)),
  index: fc.maxSafeNat(),
  width: fc.integer({ min: 1, max: 256 }),
});

describe('a tile path', () => {
  test.each([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/999', { level: 0, index: 999, width: 256 }],
    ['tile/63/x001/000', { level: 63, index: 1000, width: 256 }],
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/1/000.p/17', { level: 1, index: 0, width: 17 }],
    ['tile/entries/273.p/112', { level: 'entries', index: 273, width: 112 }],
    ['tile/entries/x001/x234/067', { level: 'entries', index: 1_234_067, width: 256 }],
  ] as const)('%s is spelt as C2SP tlog-tiles spells it', (path, tile) => {
    expect(parseTilePath(path)).toEqual(tile);
    expect(formatTilePath(tile)).toBe(path);
  });

  test.each([
    '',
    '/tile/0/000',
    'tile/0/000/',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/x001/x000',
    'tile/0/x001/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/007',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000\n',
    'tile/entries/../000',
    'tile/data/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/٠٠٠',
  ])('%p names nothing', (path) => {
    expect(problemOf(() => parseTilePath(path))).toBe('invalid-log-path');
  });

  test('that is written is read back', () => {
    fc.assert(
      fc.property(paths, (tile) => {
        expect(parseTilePath(formatTilePath(tile))).toEqual(tile);
      }),
    );
  });

  test('of a tile that cannot exist is not written', () => {
    for (const change of [{ level: 64 }, { index: -1 }, { index: 2 ** 53 }, { width: 0 }]) {
      const tile = { level: 0, index: 0, width: 256, ...change };
      expect(problemOf(() => formatTilePath(tile))).toBe('invalid-log-path');
    }
  });
});

describe('the tiles of a tree', () => {
  test('of 70,000 entries are those that the specification counts', () => {
    const full = completedTiles(0, 70_000);
    expect(full.filter(({ level }) => level === 0)).toHaveLength(273);
    expect(full.filter(({ level }) => level === 1)).toHaveLength(1);
    expect(full).toHaveLength(274);
    expect([0, 1, 2, 3].map((level) => partialTileWidth(level, 70_000))).toEqual([112, 17, 1, 0]);
    expect(tileWidth({ level: 0, index: 273 }, 70_000)).toBe(112);
    expect(tileWidth({ level: 0, index: 272 }, 70_000)).toBe(256);
    expect(tileWidth({ level: 0, index: 274 }, 70_000)).toBe(0);
  });

  test('of 256 entries are one full tile and a partial one above it', () => {
    expect(completedTiles(0, 256)).toEqual([{ level: 0, index: 0 }]);
    expect(partialTileWidth(1, 256)).toBe(1);
  });

  test('are completed once, however the growth is cut', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(200_000), fc.nat(200_000), (a, b, c) => {
        const [m, n, o] = [a, b, c].toSorted((x, y) => x - y) as [number, number, number];
        const pieces = [...completedTiles(m, n), ...completedTiles(n, o)];
        expect(pieces).toHaveLength(completedTiles(m, o).length);
        expect(completedTiles(m, o)).toEqual(expect.arrayContaining(pieces.slice(0, 20)));
      }),
      { numRuns: 30 },
    );
  });

  test('never belong to a log that shrinks, or to what is no size', () => {
    expect(problemOf(() => completedTiles(2, 1))).toBe('invalid-log-path');
    expect(problemOf(() => completedTiles(0, -1))).toBe('invalid-log-path');
    expect(problemOf(() => completedTiles(0.5, 1))).toBe('invalid-log-path');
  });

  test('are hashes one after another, and nothing else', () => {
    const hashes = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(parseTile(formatTile(hashes))).toEqual(hashes);
    for (const size of [0, 1, 31, 33, 257 * 32]) {
      expect(problemOf(() => parseTile(new Uint8Array(size)))).toBe('malformed-tile');
    }
  });
});

describe('an entry bundle', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 256 });

  test('that is written is read back, empty entries included', () => {
    fc.assert(
      fc.property(entries, (some) => {
        expect(parseEntryBundle(formatEntryBundle(some))).toEqual(some);
      }),
      { numRuns: 50 },
    );
  });

  test('holds each entry behind its length in two bytes', () => {
    const bytes = formatEntryBundle([Uint8Array.of(7, 8), new Uint8Array(0x102).fill(9)]);
    expect([...bytes.subarray(0, 7)]).toEqual([0, 2, 7, 8, 1, 2, 9]);
  });

  test('that a server cut short is refused', () => {
    const bytes = formatEntryBundle([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    for (const end of [0, 1, 3, 6, 7]) {
      expect(problemOf(() => parseEntryBundle(bytes.subarray(0, end)))).toBe('malformed-tile');
    }
  });

  test('of more than 256 entries is refused', () => {
    expect(problemOf(() => parseEntryBundle(new Uint8Array(2 * 257)))).toBe('malformed-tile');
  });

  test('is never written with what it cannot hold', () => {
    expect(() => formatEntryBundle([])).toThrow(RangeError);
    expect(() => formatEntryBundle([new Uint8Array(MAX_ENTRY_SIZE + 1)])).toThrow(RangeError);
    expect(formatEntryBundle([new Uint8Array(MAX_ENTRY_SIZE)])).toHaveLength(MAX_ENTRY_SIZE + 2);
  });
});
