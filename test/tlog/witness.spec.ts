import {
  decideAddCheckpoint,
  emptyRootHash,
  formatAddCheckpoint,
  formatNote,
  formatWitnessedSize,
  openAddCheckpoint,
  parseAddCheckpoint,
  parseNote,
  parseWitnessedSize,
  signCheckpoint,
  signCosignature,
  signNote,
  type AddCheckpointDecision,
  type AddCheckpointRefusal,
  type WitnessedTree,
} from '#lib/tlog';
import { problemOf } from './problems.js';
import { ReferenceTree, sha256, textLeaves } from './reference.js';
import { crypto, signerOf, witnessOf } from './signers.js';

const ORIGIN = 'log.example/a';
const log = signerOf(ORIGIN);
const tree = new ReferenceTree(textLeaves(100));
const fork = new ReferenceTree(tree.leaves.with(3, new TextEncoder().encode('rewritten')));
const noteAt = (size: number, of = tree): string =>
  signCheckpoint({ origin: ORIGIN, treeSize: size, rootHash: of.mth(0, size) }, log);
const heldAt = (size: number): WitnessedTree => ({ size, rootHash: tree.mth(0, size) });
const bodyOf = (oldSize: number, newSize: number, of = tree): string =>
  formatAddCheckpoint({
    oldSize,
    proof: oldSize === 0 ? [] : of.proof(oldSize, newSize),
    note: noteAt(newSize, of),
  });

/** The whole road of one request, as an app walks it. */
async function answer(
  body: string | Uint8Array,
  held?: WitnessedTree,
  logs = [log.key],
): Promise<AddCheckpointDecision | AddCheckpointRefusal> {
  const opened = await openAddCheckpoint(crypto, logs, body);
  return opened.status === 'signed' ? decideAddCheckpoint(sha256, held, opened) : opened;
}

describe('a witness asked to cosign', () => {
  test('accepts the first checkpoint it sees, and then every consistent growth', async () => {
    expect(await answer(bodyOf(0, 7))).toEqual({
      status: 200,
      witnessed: heldAt(7),
      note: noteAt(7),
    });
    for (const size of [8, 9, 64, 100]) {
      expect(await answer(bodyOf(7, size), heldAt(7))).toMatchObject({ status: 200 });
    }
  });

  test('cosigns the same checkpoint again, and the empty tree', async () => {
    expect(await answer(bodyOf(7, 7), heldAt(7))).toMatchObject({ status: 200 });
    expect(await answer(bodyOf(0, 0))).toMatchObject({ status: 200 });
    const empty = { size: 0, rootHash: emptyRootHash(sha256) };
    expect(await answer(bodyOf(0, 5), empty)).toMatchObject({ status: 200 });
  });

  test('answers 409 with its own size when the log is ahead of it, behind it, or replays', async () => {
    expect(await answer(bodyOf(7, 9), heldAt(5))).toEqual({ status: 409, size: 5 });
    expect(await answer(bodyOf(7, 9), heldAt(9))).toEqual({ status: 409, size: 9 });
    expect(await answer(bodyOf(7, 9))).toEqual({ status: 409, size: 0 });
    expect(await answer(bodyOf(0, 9), heldAt(9))).toEqual({ status: 409, size: 9 });
    expect(parseWitnessedSize(formatWitnessedSize(9))).toBe(9);
  });

  test('answers 409 to the slower of two requests that both start from one size', async () => {
    const [slow, fast] = [bodyOf(5, 7), bodyOf(5, 9)];
    const first = await answer(fast, heldAt(5));
    expect(first).toMatchObject({ status: 200, witnessed: { size: 9 } });
    expect(await answer(slow, heldAt(9))).toEqual({ status: 409, size: 9 });
  });

  test('answers 422 to a fork and keeps the signed note as evidence', async () => {
    const decision = await answer(bodyOf(7, 9, fork), heldAt(7));
    expect(decision).toMatchObject({ status: 422, evidence: noteAt(9, fork) });
  });

  test('answers 422 to a second root for one size', async () => {
    expect(await answer(bodyOf(7, 7, fork), heldAt(7))).toMatchObject({ status: 422 });
  });

  test('answers 422 to a proof that does not hold, is missing, or is too much', async () => {
    const note = noteAt(9);
    const proof = tree.proof(7, 9);
    for (const wrong of [[], proof.slice(1), [...proof, proof[0]!], tree.proof(6, 9)]) {
      const body = formatAddCheckpoint({ oldSize: 7, proof: wrong, note });
      expect(await answer(body, heldAt(7))).toMatchObject({ status: 422 });
    }
    const surplus = formatAddCheckpoint({ oldSize: 0, proof, note });
    expect(await answer(surplus)).toMatchObject({ status: 422 });
  });

  test('answers 422 to an empty tree with a root of its own making', async () => {
    const rootHash = tree.mth(0, 1);
    const note = signCheckpoint({ origin: ORIGIN, treeSize: 0, rootHash }, log);
    expect(await answer(formatAddCheckpoint({ oldSize: 0, proof: [], note }))).toMatchObject({
      status: 422,
    });
  });

  test('answers 404 for a log it does not know', async () => {
    const logs = [signerOf('log.example/b').key];
    expect(await answer(bodyOf(0, 7), undefined, logs)).toMatchObject({ status: 404 });
    expect(await answer(bodyOf(0, 7), undefined, [])).toMatchObject({ status: 404 });
  });

  test('answers 403 when the log it knows has not signed', async () => {
    const stranger = signerOf(ORIGIN, undefined, sha256(Uint8Array.of(9)));
    expect(await answer(bodyOf(0, 7), undefined, [stranger.key])).toMatchObject({ status: 403 });
  });

  test('answers 403 when any line of the log it knows fails to verify', async () => {
    const { text, signatures } = parseNote(noteAt(7));
    const bad = { ...signatures[0]!, signature: new Uint8Array(64) };
    const note = formatNote({ text, signatures: [signatures[0]!, bad] });
    const body = formatAddCheckpoint({ oldSize: 0, proof: [], note });
    expect(await answer(body)).toMatchObject({ status: 403 });
  });

  test('keeps nothing that it has not verified: a forged line in its own name is dropped', async () => {
    const witness = witnessOf('witness.example/w1');
    const { text, signatures } = parseNote(noteAt(7));
    const { signature } = signCosignature(text, witnessOf('forger'), 1);
    const forged = { name: witness.key.name, keyId: witness.key.keyId, signature };
    const note = formatNote({ text, signatures: [forged, ...signatures] });
    const body = formatAddCheckpoint({ oldSize: 0, proof: [], note });
    expect(await answer(body)).toMatchObject({ status: 200, note: noteAt(7) });
  });

  test('answers in the order of the specification when several things are wrong', async () => {
    // Unknown origin before signature; signature before size; size before proof.
    const unknown = bodyOf(7, 9).replace(/\n— log/, '\n— dog');
    expect(await answer(unknown, heldAt(5), [])).toMatchObject({ status: 404 });
    expect(await answer(unknown, heldAt(5))).toMatchObject({ status: 403 });
    expect(await answer(bodyOf(7, 9, fork), heldAt(5))).toMatchObject({ status: 409 });
  });
});

describe('the body of add-checkpoint', () => {
  const body = bodyOf(7, 9);

  test('that is written is read back', () => {
    const parsed = parseAddCheckpoint(new TextEncoder().encode(body));
    expect(parsed).toEqual({ oldSize: 7, proof: tree.proof(7, 9), note: noteAt(9) });
    expect(formatAddCheckpoint(parsed)).toBe(body);
  });

  test.each([
    ['with an old size above its own', body.replace('old 7', 'old 10')],
    ['with leading zeros', body.replace('old 7', 'old 07')],
    ['with a sign', body.replace('old 7', 'old +7')],
    ['with two spaces', body.replace('old 7', 'old  7')],
    ['without an old size', body.replace('old 7\n', '')],
    ['with a proof line that is no base64', body.replace('old 7\n', 'old 7\n!!\n')],
    ['with a proof line of 31 bytes', body.replace('old 7\n', `old 7\n${'A'.repeat(42)}==\n`)],
    ['with 64 proof lines', body.replace('old 7\n', `old 7\n${`${'A'.repeat(43)}=\n`.repeat(62)}`)],
    ['with CRLF', body.replaceAll('\n', '\r\n')],
    ['without an empty line', body.replace('\n\n', '\n')],
    ['without its final newline', body.slice(0, -1)],
    ['with nothing', ''],
    ['of a megabyte', `${body}${'a'.repeat(1_000_000)}`],
    [
      'with extension lines',
      formatAddCheckpoint({
        oldSize: 0,
        proof: [],
        note: signNote(`${parseNote(noteAt(9)).text}more\n`, log),
      }),
    ],
  ])('%s is answered 400', async (_what, source) => {
    expect(await answer(source, heldAt(7))).toMatchObject({ status: 400 });
  });

  test.each(['', '9', '09\n', '+9\n', '9\n\n', '<html>', '18446744073709551616\n'])(
    'an answer of %p is no size',
    (text) => {
      expect(problemOf(() => parseWitnessedSize(text))).toBe('malformed-note');
    },
  );
});
