import * as fc from 'fast-check';
import { Problem } from '#lib/problem';
import {
  formatAddCheckpoint,
  formatNote,
  formatTlogPolicy,
  formatTlogProof,
  parseAddCheckpoint,
  parseCheckpoint,
  parseCosignature,
  parseEntry,
  parseEntryBundle,
  parseNote,
  parseSignatureLines,
  parseTile,
  parseTilePath,
  parseTlogPolicy,
  parseTlogProof,
  parseVerifierKey,
  parseWitnessedSize,
  type TextSource,
} from '#lib/tlog';
import goVectors from '../vectors/c2sp/go-tlog.json' with { type: 'json' };
import { sha256 } from './reference.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const asText = (source: TextSource): string =>
  typeof source === 'string' ? source : new TextDecoder('latin1').decode(source);

const proof = formatTlogProof({
  index: 3,
  hashes: [new Uint8Array(32), new Uint8Array(32)],
  checkpoint: goVectors.checkpoint,
});
const policy = [
  `log ${goVectors.log.vkey}`,
  ...goVectors.witnesses.map(({ vkey }, i) => `witness w${i} ${vkey} https://w.example/`),
  'group g any w0 w1',
  'quorum g',
  '',
].join('\n');
const addCheckpoint = formatAddCheckpoint({
  oldSize: 5,
  proof: [new Uint8Array(32)],
  note: goVectors.checkpoint,
});

const parsers: [name: string, parse: (source: TextSource) => unknown, seed: string][] = [
  ['a note', parseNote, goVectors.checkpoint],
  ['signature lines', parseSignatureLines, goVectors.checkpoint.split('\n\n')[1]!],
  [
    'a checkpoint',
    (s) => parseCheckpoint(asText(s)),
    goVectors.checkpoint.split('\n\n')[0]! + '\n',
  ],
  ['a tlog-proof', (s) => parseTlogProof(s, { allowExtra: true }), proof],
  ['a policy', (s) => parseTlogPolicy(sha256, s), policy],
  ['an add-checkpoint body', parseAddCheckpoint, addCheckpoint],
  ['a witnessed size', parseWitnessedSize, '20852163\n'],
  ['a verifier key', (s) => parseVerifierKey(sha256, asText(s)), goVectors.log.vkey],
  ['a tile path', (s) => parseTilePath(asText(s)), 'tile/0/x001/234.p/5'],
  ['an entry', (s) => parseEntry(typeof s === 'string' ? bytes(s) : s), '{"digest":"","index":1}'],
  ['a cosignature', (s) => parseCosignature(typeof s === 'string' ? bytes(s) : s), 'x'.repeat(72)],
  ['an entry bundle', (s) => parseEntryBundle(typeof s === 'string' ? bytes(s) : s), '\0\u0001a'],
  ['a tile', (s) => parseTile(typeof s === 'string' ? bytes(s) : s), 'x'.repeat(64)],
];

/** A good document with a few pieces cut out, repeated, or replaced by what parsers stumble over. */
function mutationsOf(seed: string): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    '',
    '\n',
    '\n\n',
    ' ',
    '\0',
    '\r',
    '+',
    '0',
    '-1',
    '=',
    '—',
    '\ud800',
    'é',
    '__proto__',
  );
  const edit = fc.tuple(fc.nat(seed.length), fc.nat(5), piece);
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), seed),
    );
}

function throwsOnlyProblems(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
  }
}

describe.each(parsers)('the parser of %s', (_name, parse, seed) => {
  test('answers any bytes with a value or a problem, never with a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (source) =>
        throwsOnlyProblems(() => parse(source)),
      ),
      { numRuns: 200 },
    );
  });

  test('answers any text with a value or a problem, never with a fault', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(texts, (source) => throwsOnlyProblems(() => parse(source))),
      { numRuns: 200 },
    );
  });

  test('answers a damaged document with a value or a problem, never with a fault', () => {
    const sources = fc.oneof(mutationsOf(seed), mutationsOf(seed).map(bytes));
    fc.assert(
      fc.property(sources, (source) => throwsOnlyProblems(() => parse(source))),
      { numRuns: 400 },
    );
  });
});

describe('what a parser accepts has one spelling', () => {
  test.each([
    ['a note', goVectors.checkpoint, (t: string) => formatNote(parseNote(t))],
    [
      'a tlog-proof',
      proof,
      (t: string) => formatTlogProof(parseTlogProof(t, { allowExtra: true })),
    ],
    [
      'an add-checkpoint body',
      addCheckpoint,
      (t: string) => formatAddCheckpoint(parseAddCheckpoint(t)),
    ],
  ])('%s is written again as it was read', (_name, seed, again) => {
    expect(again(seed)).toBe(seed);
    fc.assert(
      fc.property(mutationsOf(seed), (source) => {
        try {
          expect(again(source)).toBe(source);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a policy reads the same after it is written', () => {
    const parsed = parseTlogPolicy(sha256, policy);
    expect(parseTlogPolicy(sha256, formatTlogPolicy(parsed))).toEqual(parsed);
  });
});
