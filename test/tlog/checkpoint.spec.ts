import * as fc from 'fast-check';
import { fromHex } from '#lib/documents';
import {
  formatCheckpoint,
  formatNote,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signCheckpoint,
  signNote,
  type Checkpoint,
} from '#lib/tlog';
import goVectors from '../vectors/c2sp/go-tlog.json' with { type: 'json' };
import { problemOf, problemOfPromise } from './problems.js';
import { sha256 } from './reference.js';
import { crypto, signerOf, witnessOf } from './signers.js';

const log = signerOf('log.example/a');
const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const TEXT = `log.example/a\n20852163\n${ROOT}\n`;
const checkpoint = parseCheckpoint(TEXT);

describe('the text of a checkpoint', () => {
  test('that is written is read back', () => {
    const checkpoints = fc.record<Checkpoint>({
      origin: fc.stringMatching(/^[^\p{C}]{1,40}$/u),
      treeSize: fc.maxSafeNat(),
      rootHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(checkpoints, (value) => {
        expect(parseCheckpoint(formatCheckpoint(value))).toEqual(value);
      }),
    );
  });

  test.each([
    ['without its final newline', TEXT.slice(0, -1)],
    ['with an extension line', `${TEXT}extension\n`],
    ['with an empty line', `${TEXT}\n`],
    ['with two lines', 'log.example/a\n3\n'],
    ['with an empty origin', TEXT.replace('log.example/a', '')],
    ['with leading zeros', TEXT.replace('20852163', '020852163')],
    ['with a sign', TEXT.replace('20852163', '+5')],
    ['with a negative size', TEXT.replace('20852163', '-5')],
    ['with a size in hexadecimal', TEXT.replace('20852163', '0x5')],
    ['with a size as a float', TEXT.replace('20852163', '5e3')],
    ['with a size in other digits', TEXT.replace('20852163', '٥')],
    ['with size 2^53', TEXT.replace('20852163', '9007199254740992')],
    ['with size 2^64', TEXT.replace('20852163', '18446744073709551616')],
    ['with a space before its size', TEXT.replace('20852163', ' 5')],
    ['with an unpadded root', TEXT.replace('=', '')],
    ['with bits beyond the root', TEXT.replace('q2I=', 'q2J=')],
    ['with a space in the root', TEXT.replace('CsUY', 'Cs UY')],
    ['with a root of 31 bytes', TEXT.replace('q2I=', 'qw==')],
    ['with CRLF', TEXT.replaceAll('\n', '\r\n')],
    ['with nothing', ''],
  ])('%s is refused', (_what, text) => {
    expect(problemOf(() => parseCheckpoint(text))).toBe('malformed-note');
  });

  test('that nobody could read is not written', () => {
    for (const change of [
      { origin: '' },
      { origin: 'two\nlines' },
      { treeSize: -1 },
      { treeSize: 2 ** 53 },
      { rootHash: new Uint8Array(31) },
    ]) {
      expect(problemOf(() => formatCheckpoint({ ...checkpoint, ...change }))).toBe(
        'malformed-note',
      );
    }
  });
});

describe('a signed checkpoint', () => {
  const note = signCheckpoint(checkpoint, log);
  const open = (source: string, keys = [log.key]) =>
    problemOfPromise(openCheckpoint(crypto, source, keys));

  test('opens with the key of its log', async () => {
    const opened = await openCheckpoint(crypto, note, [log.key]);
    expect(opened.checkpoint).toEqual(checkpoint);
    expect(opened.text).toBe(TEXT);
  });

  test('made by the Go implementation opens, and ours is the same to the byte', async () => {
    const key = parseVerifierKey(sha256, goVectors.log.vkey);
    const { checkpoint: opened } = await openCheckpoint(crypto, goVectors.checkpoint, [key]);
    expect(opened.treeSize).toBe(300);
    expect(opened.rootHash).toEqual(fromHex(goVectors.roots['300']));
    const signer = signerOf(key.name, key.type, Buffer.from(goVectors.log.seed, 'hex'));
    expect(goVectors.checkpoint.startsWith(signCheckpoint(opened, signer))).toBe(true);
  });

  test('by the right key under another origin is another log’s', async () => {
    const renamed = signNote(TEXT.replace('example/a', 'example/b'), log);
    expect(await open(renamed)).toBe('checkpoint-invalid');
    for (const origin of ['log.example/a/', 'lοg.example/a', ' log.example/a']) {
      expect(await open(signNote(TEXT.replace('log.example/a', origin), log))).toBe(
        'checkpoint-invalid',
      );
    }
    expect(() => signCheckpoint({ ...checkpoint, origin: 'log.example/b' }, log)).toThrow(
      'may not sign',
    );
  });

  test('by a witness alone is nobody’s promise', async () => {
    const witness = witnessOf('log.example/a');
    const keys = [witness.key];
    const { signature } = parseNote(note).signatures[0]!;
    const line = { name: witness.key.name, keyId: witness.key.keyId, signature };
    const forged = formatNote({ text: TEXT, signatures: [line] });
    expect(await problemOfPromise(openCheckpoint(crypto, forged, [log.key], keys))).toBe(
      'malformed-note',
    );
  });

  test('stays valid while the log changes keys: either may sign', async () => {
    const next = signerOf('log.example/a', undefined, sha256(new Uint8Array()));
    const both = formatNote({
      text: TEXT,
      signatures: [note, signCheckpoint(checkpoint, next)].flatMap((n) => parseNote(n).signatures),
    });
    expect(await open(both, [log.key])).toBe('none');
    expect(await open(both, [next.key])).toBe('none');
    expect((await openCheckpoint(crypto, both, [log.key, next.key])).signatures).toHaveLength(2);
  });

  test('with signed extension lines is refused all the same', async () => {
    expect(await open(signNote(`${TEXT}extension\n`, log))).toBe('malformed-note');
  });
});
