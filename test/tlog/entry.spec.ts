import * as fc from 'fast-check';
import { toHex } from '#lib/documents';
import {
  EntryHasher,
  formatEntry,
  leafHash,
  NO_PREVIOUS,
  parseEntry,
  verifyChain,
  type ChainStart,
  type Entry,
} from '#lib/tlog';
import { problemOf } from './problems.js';
import { sha256 } from './reference.js';

const ORIGIN = 'registry.example/log';
const START: ChainStart = { origin: ORIGIN, index: 0, previous: NO_PREVIOUS };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (entry: Uint8Array): string => new TextDecoder().decode(entry);

const entry: Entry = {
  digest: 'ab'.repeat(32),
  index: 7,
  origin: ORIGIN,
  previous: 'cd'.repeat(32),
  recordedAt: '2026-11-22T02:38:25.123Z',
};

const { index, ...others } = entry;
const unsorted = { index, ...others };

function chainOf(count: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let previous = NO_PREVIOUS;
  for (let index = 0; index < count; index++) {
    const digest = toHex(sha256(bytes(`statement ${index}`)));
    const recordedAt = new Date(Date.UTC(2026, 10, 22) + 10 * index).toISOString();
    const leaf = formatEntry({ digest, index, origin: ORIGIN, previous, recordedAt });
    entries.push(leaf);
    previous = toHex(leafHash(sha256, leaf));
  }
  return entries;
}

describe('an entry', () => {
  test('is five fields in the order and spelling of RFC 8785', () => {
    expect(text(formatEntry(entry))).toBe(
      `{"digest":"${entry.digest}","index":7,"origin":"${ORIGIN}","previous":"${entry.previous}","recordedAt":"${entry.recordedAt}"}`,
    );
  });

  test('that is written is read back', () => {
    const entries = fc.record<Entry>({
      digest: fc.stringMatching(/^[0-9a-f]{64}$/),
      index: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      origin: fc.stringMatching(/^[^\p{C}]{1,40}$/u),
      previous: fc.stringMatching(/^[1-9a-f][0-9a-f]{63}$/),
      recordedAt: fc
        .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    });
    fc.assert(
      fc.property(entries, (value) => {
        expect(parseEntry(formatEntry(value))).toEqual(value);
      }),
    );
  });

  test.each([
    ['spaces', text(formatEntry(entry)).replace(':7', ': 7'), 'not-canonical'],
    ['its fields in another order', JSON.stringify(unsorted), 'not-canonical'],
    ['an index written 7.0', text(formatEntry(entry)).replace(':7', ':7.0'), 'not-canonical'],
    ['a duplicate name', text(formatEntry(entry)).replace('{', '{"index":7,'), 'malformed-json'],
    ['something after it', `${text(formatEntry(entry))}\n{}`, 'malformed-json'],
    ['a field too many', JSON.stringify({ ...entry, signer: 'x' }), 'schema-violation'],
    ['a field too few', '{"digest":"00"}', 'schema-violation'],
    ['nothing but an array', '[]', 'schema-violation'],
    ['null for everything', 'null', 'schema-violation'],
  ])('with %s is refused', (_what, source, problem) => {
    expect(problemOf(() => parseEntry(bytes(source)))).toBe(problem);
  });

  test.each([
    { digest: 'AB'.repeat(32) },
    { digest: 'ab'.repeat(31) },
    { index: -1 },
    { index: 1.5 },
    { index: 2 ** 53 },
    { index: 0 },
    { origin: '' },
    { origin: 'two\nlines' },
    { previous: 'xy'.repeat(32) },
    { previous: NO_PREVIOUS },
    { recordedAt: '2026-11-22T02:38:25Z' },
    { recordedAt: '2026-11-22T02:38:25.123+00:00' },
    { recordedAt: '2026-02-30T02:38:25.123Z' },
    { recordedAt: '2026-11-22t02:38:25.123z' },
  ])('with %p is neither written nor read', (change) => {
    const wrong = { ...entry, ...change };
    expect(problemOf(() => formatEntry(wrong))).toBe('schema-violation');
    expect(['schema-violation', 'malformed-json']).toContain(
      problemOf(() => parseEntry(bytes(JSON.stringify(wrong)))),
    );
  });
});

describe('the hasher of entries', () => {
  const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const times = fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const parts = fc.record({
    digest: hashes,
    index: fc.oneof(fc.nat(2_000), fc.maxSafeNat()).map((index) => index + 1 - (index % 2)),
    previous: hashes.filter((hash) => hash.some((byte) => byte !== 0)),
    recordedAt: fc.oneof(fc.constant(entry.recordedAt), times),
  });

  test('gives the leaf hash of the entry that is written, one after another', () => {
    const origins = fc.constantFrom(ORIGIN, 'erdenregister.example/büro "7"', '登记处/日志');
    fc.assert(
      fc.property(origins, fc.array(parts, { minLength: 1, maxLength: 8 }), (origin, each) => {
        const hasher = new EntryHasher(sha256, origin);
        for (const { digest, index, previous, recordedAt } of each) {
          const hex = { digest: toHex(digest), previous: toHex(previous) };
          const leaf = formatEntry({ ...hex, index, origin, recordedAt });
          expect(hasher.leafHash({ digest, index, previous, recordedAt })).toEqual(
            leafHash(sha256, leaf),
          );
        }
      }),
    );
  });

  test('hashes the first entry, which has none before it', () => {
    const digest = new Uint8Array(32).fill(0xab);
    const first = { ...entry, index: 0, previous: NO_PREVIOUS };
    const hasher = new EntryHasher(sha256, ORIGIN);
    const { recordedAt } = entry;
    expect(hasher.leafHash({ digest, index: 0, previous: new Uint8Array(32), recordedAt })).toEqual(
      leafHash(sha256, formatEntry(first)),
    );
  });

  const good = {
    digest: new Uint8Array(32).fill(0xab),
    index: 7,
    previous: new Uint8Array(32).fill(0xcd),
    recordedAt: entry.recordedAt,
  };

  test.each([
    { digest: new Uint8Array(31) },
    { digest: new Uint8Array(33) },
    { index: -1 },
    { index: -0 },
    { index: 1.5 },
    { index: 2 ** 53 },
    { index: 0 },
    { previous: new Uint8Array(32) },
    { previous: new Uint8Array(0) },
    { recordedAt: '' },
    { recordedAt: '2026-11-22T02:38:25Z' },
    { recordedAt: '2026-02-30T02:38:25.123Z' },
  ])('refuses %p, and hashes what comes after', (change) => {
    const hasher = new EntryHasher(sha256, ORIGIN);
    const before = hasher.leafHash(good);
    expect(problemOf(() => hasher.leafHash({ ...good, ...change }))).toBe('schema-violation');
    expect(hasher.leafHash(good)).toEqual(before);
  });

  test.each(['', 'two\nlines'])('is for no log of the origin %p', (origin) => {
    expect(problemOf(() => new EntryHasher(sha256, origin))).toBe('schema-violation');
  });
});

describe('the chain of entries', () => {
  const chain = chainOf(20);
  const problemAfter = (entries: Uint8Array[], start = START) =>
    problemOf(() => verifyChain(sha256, start, entries));

  test('holds from the first entry on, in one stretch or in several', () => {
    const middle = verifyChain(sha256, START, chain.slice(0, 7));
    expect(middle.index).toBe(7);
    expect(verifyChain(sha256, middle, chain.slice(7))).toEqual(verifyChain(sha256, START, chain));
    expect(verifyChain(sha256, START, [])).toEqual(START);
  });

  test('breaks where an entry is edited, dropped, swapped, repeated or inserted', () => {
    const edited = formatEntry({ ...parseEntry(chain[5]!), digest: 'ee'.repeat(32) });
    const backdated = formatEntry({ ...parseEntry(chain[6]!), index: 6 });
    expect(problemAfter(chain.with(5, edited))).toBe('chain-invalid');
    expect(problemAfter(chain.toSpliced(5, 1))).toBe('chain-invalid');
    expect(problemAfter(chain.with(5, chain[6]!).with(6, chain[5]!))).toBe('chain-invalid');
    expect(problemAfter(chain.toSpliced(5, 0, chain[5]!))).toBe('chain-invalid');
    expect(problemAfter(chain.toSpliced(6, 0, backdated))).toBe('chain-invalid');
    expect(problemAfter(chain.slice(1))).toBe('chain-invalid');
  });

  test('never runs backwards in time', () => {
    const [first, second] = [parseEntry(chain[0]!), parseEntry(chain[1]!)];
    const earlier = formatEntry({ ...second, recordedAt: '2020-01-01T00:00:00.000Z' });
    expect(problemAfter([formatEntry(first), earlier])).toBe('chain-invalid');
  });

  test('of another log is not ours', () => {
    expect(problemAfter(chain, { ...START, origin: 'registry.example/other' })).toBe(
      'chain-invalid',
    );
  });
});
