import * as fc from 'fast-check';
import {
  cosignatureMessage,
  formatNote,
  formatSignatureLines,
  formatVerifierKey,
  openNote,
  originHash,
  parseCosignature,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  SIGNATURE_TYPES,
  signCosignature,
  signNote,
  verifierKey,
  verifyCosignature,
  type NoteSignature,
} from '#lib/tlog';
import { base64 } from '@scure/base';
import goVectors from '../vectors/c2sp/go-tlog.json' with { type: 'json' };
import vectors from '../vectors/c2sp/signed-note.json' with { type: 'json' };
import { problemOf, problemOfPromise } from './problems.js';
import { sha256 } from './reference.js';
import { crypto, signerOf, witnessOf } from './signers.js';

const log = signerOf('log.example/a');
const witness = witnessOf('witness.example/w1');
const TEXT = 'some text\n\nwith an empty line\n';
const note = signNote(TEXT, log);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lineOf = (text: string): NoteSignature => parseNote(text).signatures[0]!;
const openProblem = (text: string | Uint8Array, keys = [log.key]) =>
  problemOfPromise(openNote(crypto, text, keys));

describe('a verifier key', () => {
  test.each(vectors.verifierKeys)('%s has the key id that the specification computes', (vkey) => {
    expect(formatVerifierKey(parseVerifierKey(sha256, vkey))).toBe(vkey);
  });

  test('may hold a plus in its base64', () => {
    const vkey = vectors.verifierKeys[1]!;
    expect(vkey.split('+').length).toBeGreaterThan(3);
    expect(parseVerifierKey(sha256, vkey).name).toBe('sum.golang.org');
  });

  test('of a witness has another id than the same key as a log’s', () => {
    const { publicKey } = log.key;
    const cosigner = verifierKey(sha256, log.key.name, SIGNATURE_TYPES.cosignatureV1, publicKey);
    expect(cosigner.keyId).not.toBe(log.key.keyId);
  });

  test.each([
    '',
    'name',
    'name+12345678',
    'name+12345678+THIS_IS_NOT_BASE64!',
    'name+12345678+AwEB',
    'name+12345678+',
    vectors.verifierKeys[0]!.replace('c74f20a3', 'c74f20a4'),
    vectors.verifierKeys[0]!.replace('c74f20a3', 'C74F20A3'),
    vectors.verifierKeys[0]!.replace('PeterNeumann', 'Peter Neumann'),
    vectors.verifierKeys[0]!.replace('PeterNeumann', ''),
    vectors.verifierKeys[0]!.replace('10TW', '10='),
    `${vectors.verifierKeys[0]!}\n`,
  ])('%p is refused', (vkey) => {
    expect(problemOf(() => parseVerifierKey(sha256, vkey))).toBe('malformed-note');
  });
});

describe('a signed note', () => {
  test('published by the Go project opens with its key', async () => {
    const key = parseVerifierKey(sha256, vectors.verifierKeys[0]!);
    const { text } = await openNote(crypto, bytes(vectors.note), [key]);
    expect(text).toBe(vectors.note.slice(0, text.length));
    expect(formatNote(parseNote(vectors.note))).toBe(vectors.note);
  });

  test('ends its text at the last empty line', () => {
    expect(parseNote(note).text).toBe(TEXT);
  });

  test('in one character’s difference does not open', async () => {
    expect(await openProblem(note.replace('some', 'same'))).toBe('checkpoint-invalid');
  });

  test('signed by nobody we know does not open', async () => {
    expect(await openProblem(note, [])).toBe('checkpoint-invalid');
    expect(await openProblem(note, [signerOf('log.example/b').key])).toBe('checkpoint-invalid');
  });

  test('ignores lines that share a name or an id with a known key, but not both', async () => {
    const other = lineOf(signNote(TEXT, signerOf('log.example/b')));
    const [sameId, sameName] = [
      { ...other, keyId: log.key.keyId },
      { ...other, name: log.key.name },
    ];
    const greased = formatNote({ text: TEXT, signatures: [sameId, sameName, lineOf(note)] });
    expect((await openNote(crypto, greased, [log.key])).signatures).toEqual([
      { key: log.key, line: lineOf(note) },
    ]);
  });

  test('with one failing line of a known key is rejected whole, wherever that line stands', async () => {
    const good = lineOf(note);
    const bad = { ...good, signature: good.signature.with(0, good.signature[0]! ^ 1) };
    for (const signatures of [
      [good, bad],
      [bad, good],
      [good, { ...good, signature: good.signature.slice(1) }],
    ]) {
      expect(await openProblem(formatNote({ text: TEXT, signatures }))).toBe('checkpoint-invalid');
    }
  });

  test('counts a repeated line once', async () => {
    const twice = formatNote({ text: TEXT, signatures: [lineOf(note), lineOf(note)] });
    expect((await openNote(crypto, twice, [log.key])).signatures).toHaveLength(1);
  });

  test('may have 17 signatures and even 100, but not 101', async () => {
    const grease = { name: 'grease', keyId: '00000000', signature: Uint8Array.of(1) };
    const withLines = (count: number): string =>
      note + formatSignatureLines(Array.from({ length: count - 1 }, () => grease));
    expect((await openNote(crypto, withLines(17), [log.key])).text).toBe(TEXT);
    expect(parseNote(withLines(100)).signatures).toHaveLength(100);
    expect(problemOf(() => parseNote(withLines(101)))).toBe('malformed-note');
  });

  test('over 64 KiB is refused', () => {
    expect(problemOf(() => parseNote(`${'a'.repeat(65_536)}\n\n${note}`))).toBe('malformed-note');
  });

  test.each([
    ['missing its final newline', note.slice(0, -1)],
    ['with an empty line after it', `${note}\n`],
    ['without signatures', `${TEXT}\n`],
    ['without an empty line', note.replaceAll('\n\n', '\n')],
    ['with a hyphen for the dash', note.replace('—', '-')],
    ['with an en dash for the dash', note.replace('—', '–')],
    ['with two spaces after the dash', note.replace('— ', '—  ')],
    ['with two spaces before the signature', note.replace('/a ', '/a  ')],
    ['with a space at the end of a line', note.replace(/\n$/, ' \n')],
    ['with CRLF', note.replaceAll('\n', '\r\n')],
    ['with a tab', note.replace('some', '\tsome')],
    ['with a NUL', note.replace('some', '\0some')],
    ['with a plus in the name', note.replace('log.example', 'log+example')],
    ['with a no-break space in the name', note.replace('log.example', 'log\u00a0example')],
    ['with unpadded base64', note.replace(/=+\n$/, '\n')],
    ['with URL-safe base64', note.replace(/ [^ ]*\n$/, ` ${'_-'.repeat(40)}\n`)],
    ['with bits beyond the base64', note.replace(/ [^ ]*\n$/, ' AAAAAAB=\n')],
    ['with a key id alone', note.replace(/ [^ ]*\n$/, ' AAAAAA==\n')],
    ['with a lone surrogate', note.replace('some', '\ud800')],
  ])('%s is refused', (_what, text) => {
    expect(problemOf(() => parseNote(text))).toBe('malformed-note');
  });

  test('with an empty line among its signatures has swallowed some into its text', async () => {
    const line = note.slice(TEXT.length + 1);
    expect(await openProblem(`${note}\n${line}`)).toBe('checkpoint-invalid');
  });

  test('of bytes that are not UTF-8 is refused', () => {
    for (const wrong of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) {
      const source = Uint8Array.from([...wrong, ...bytes(note)]);
      expect(problemOf(() => parseNote(source))).toBe('malformed-note');
    }
  });

  test('keeps a byte order mark as part of its text, where it breaks the signature', async () => {
    expect(await openProblem(bytes(`\ufeff${note}`))).toBe('checkpoint-invalid');
  });

  test('that would be read as another note is not written', () => {
    const signatures = [lineOf(note)];
    for (const text of ['', 'no newline', 'two\n\n']) {
      expect(problemOf(() => formatNote({ text, signatures }))).toBe(
        text === 'two\n\n' ? 'none' : 'malformed-note',
      );
    }
    expect(problemOf(() => formatNote({ text: TEXT, signatures: [] }))).toBe('malformed-note');
    const named = [{ ...lineOf(note), name: 'a b' }];
    expect(problemOf(() => formatNote({ text: TEXT, signatures: named }))).toBe('malformed-note');
  });

  test('is not signed by a key of another kind', () => {
    expect(() => signNote(TEXT, witness)).toThrow('not a plain Ed25519 key');
  });
});

describe('a cosignature', () => {
  const CHECKPOINT = 'log.example/a\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';

  test('signs the header, the time and the whole text', () => {
    const text =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    expect(new TextDecoder().decode(cosignatureMessage(1679315147, text))).toBe(
      `cosignature/v1\ntime 1679315147\n${text}`,
    );
  });

  test('of a public witness carries its time', () => {
    const { line, timestamp } = vectors.cosignature;
    expect(parseCosignature(base64.decode(line).subarray(4)).timestamp).toBe(timestamp);
  });

  test('made by the Go implementation verifies, and ours is the same to the byte', async () => {
    const witnesses = goVectors.witnesses.map(({ vkey }) => parseVerifierKey(sha256, vkey));
    const opened = await openNote(crypto, goVectors.checkpoint, witnesses);
    expect(opened.signatures.map(({ timestamp }) => timestamp)).toEqual(
      goVectors.witnesses.map(({ timestamp }) => timestamp),
    );
    for (const [i, { seed, timestamp }] of goVectors.witnesses.entries()) {
      const { name, type } = witnesses[i]!;
      const signer = signerOf(name, type, Buffer.from(seed, 'hex'));
      expect(signCosignature(opened.text, signer, timestamp)).toEqual(opened.signatures[i]!.line);
    }
  });

  test('for another time, another text or by another key does not verify', async () => {
    const { signature } = signCosignature(CHECKPOINT, witness, 1000);
    expect(await verifyCosignature(crypto, CHECKPOINT, witness.key, signature)).toBe(1000);
    const later = signature.with(7, signature[7]! ^ 1);
    const other = witnessOf('witness.example/w2').key;
    for (const attempt of [
      verifyCosignature(crypto, CHECKPOINT, witness.key, later),
      verifyCosignature(crypto, CHECKPOINT.replace('3', '4'), witness.key, signature),
      verifyCosignature(crypto, CHECKPOINT, other, signature),
    ]) {
      expect(await problemOfPromise(attempt)).toBe('checkpoint-invalid');
    }
  });

  test('of the wrong length, or of a time beyond 2^53, is refused', () => {
    const { signature } = signCosignature(CHECKPOINT, witness, 1000);
    for (const wrong of [signature.subarray(1), new Uint8Array(64), signature.with(0, 0x80)]) {
      expect(problemOf(() => parseCosignature(wrong))).toBe('malformed-note');
    }
  });

  test('is not made for no time, nor with a log’s key', () => {
    for (const timestamp of [-1, 0.5, NaN, 2 ** 53]) {
      expect(problemOf(() => signCosignature(CHECKPOINT, witness, timestamp))).toBe(
        'malformed-note',
      );
    }
    expect(() => signCosignature(CHECKPOINT, log, 1)).toThrow('no cosigner');
  });

  test('given twice by one witness counts once, with the later time', async () => {
    const lines = [900, 1000, 950].map((time) => signCosignature(CHECKPOINT, witness, time));
    const text = formatNote({ text: CHECKPOINT, signatures: lines });
    const { signatures } = await openNote(crypto, text, [witness.key]);
    expect(signatures.map(({ timestamp }) => timestamp)).toEqual([1000]);
  });

  test('as the answer of a witness is lines and nothing else', () => {
    const line = signCosignature(CHECKPOINT, witness, 1000);
    expect(parseSignatureLines(bytes(formatSignatureLines([line])))).toEqual([line]);
    for (const wrong of ['', '\n', 'ok\n', `\n${formatSignatureLines([line])}`, '\u0001']) {
      expect(problemOf(() => parseSignatureLines(wrong))).toBe('malformed-note');
    }
  });
});

test('a witness serves a log under the hash of its origin', () => {
  const { origin, sha256: expected } = vectors.originHash;
  expect(originHash(sha256, origin)).toBe(expected);
});

test('any note that is written is read back, whatever its text and names', () => {
  const names = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((n) => /^[^+\s\p{C}]+$/u.test(n));
  const signatures = fc.array(
    fc.record({
      name: names,
      keyId: fc.constantFrom('00000000', 'c74f20a3'),
      signature: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  const texts = fc.string({ unit: 'grapheme' }).map((t) => `${t.replaceAll(/\p{Cc}/gu, '\n')}\n`);
  fc.assert(
    fc.property(texts, signatures, (text, lines) => {
      expect(parseNote(bytes(formatNote({ text, signatures: lines })))).toEqual({
        text,
        signatures: lines,
      });
    }),
  );
});
