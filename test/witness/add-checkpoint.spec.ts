import { nodeCrypto } from '#lib/keys';
import {
  formatAddCheckpoint,
  formatNote,
  leafHash,
  nodeHash,
  openCheckpoint,
  originHash,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  signCheckpoint,
  signCosignature,
  type NoteSigner,
} from '#lib/tlog';
import { startRegistry, type TestRegistry } from '../support/registry.js';
import { forgedCheckpoint, stolenLogKey, writePolicy } from '../support/witnesses.js';

const { sha256 } = nodeCrypto;
const [first, second, third] = [1, 2, 3].map((n) => leafHash(sha256, Uint8Array.of(n)));
const pair = nodeHash(sha256, first!, second!);
const ROOTS: Record<number, Uint8Array> = {
  1: first!,
  2: pair,
  3: nodeHash(sha256, pair, third!),
};
const PROOFS: Record<string, Uint8Array[]> = {
  '1 2': [second!],
  '1 3': [second!, third!],
  '2 3': [third!],
};

describe('POST /witness/add-checkpoint', () => {
  let witness: TestRegistry;
  let other: TestRegistry;
  let signer: NoteSigner;
  const problem = (name: string) => `urn:lodestone:problem:${name}`;
  const cosignerKey = () => witness.registry.witnessing.cosigner.key;
  const add = (body: string, to = witness) =>
    to.http().post('/witness/add-checkpoint').set('content-type', 'text/plain').send(body);
  const checkpoint = (treeSize: number) =>
    signCheckpoint({ origin: signer.key.name, treeSize, rootHash: ROOTS[treeSize]! }, signer);
  const body = (oldSize: number, size: number, note = checkpoint(size)) =>
    formatAddCheckpoint({ oldSize, proof: PROOFS[`${oldSize} ${size}`] ?? [], note });
  const held = (from = witness) =>
    from.http().get(`/witness/${originHash(sha256, signer.key.name)}/checkpoint`);

  beforeAll(async () => {
    other = await startRegistry({ jurisdiction: 'US' });
    signer = await stolenLogKey(other);
  });
  beforeEach(async () => {
    witness = await startRegistry({ jurisdiction: 'AU' });
    writePolicy(witness, `log ${other.registry.identity.vkey}`, 'quorum none');
  });
  afterEach(() => witness?.close());
  afterAll(() => other?.close());

  it('cosigns a first checkpoint and one that grows from it, and answers with its line alone', async () => {
    for (const [from, to] of [
      [0, 1],
      [1, 3],
    ] as const) {
      const answer = await add(body(from, to)).expect(200);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      const lines = parseSignatureLines(answer.text);
      expect(lines.map(({ name }) => name)).toEqual(['au.registry.example/witness']);
      const { text, signatures } = parseNote(checkpoint(to));
      const note = formatNote({ text, signatures: [...signatures, ...lines] });
      const opened = await openCheckpoint(nodeCrypto, note, [signer.key], [cosignerKey()]);
      expect(opened.signatures).toHaveLength(2);
      expect(Math.abs(opened.signatures[1]!.timestamp! - Date.now() / 1000)).toBeLessThan(60);
      expect((await held().expect(200)).text).toBe(note);
    }
  });

  it.each([undefined, '', 'note', 'a/b/c', 'application/json'])(
    'asks for no media type, because clients send any or none, as with %p',
    async (type) => {
      await witness.app.listen(0, '127.0.0.1');
      const { port } = witness.app.getHttpServer().address() as { port: number };
      const answer = await fetch(`http://127.0.0.1:${port}/witness/add-checkpoint`, {
        method: 'POST',
        headers: type === undefined ? {} : { 'content-type': type },
        body: new TextEncoder().encode(body(0, 1)),
      });
      expect(answer.status).toBe(200);
    },
  );

  it('signs the same checkpoint again with a fresh time', async () => {
    await add(body(0, 2)).expect(200);
    await add(body(2, 2)).expect(200);
  });

  it('answers 400 to what is no request: form, base64, 64 proof lines, an old size beyond the new', async () => {
    const note = checkpoint(1);
    const hash = 'A'.repeat(43) + '=';
    for (const broken of [
      '',
      'old 1',
      `old 01\n\n${note}`,
      `old 0\nnot base64\n\n${note}`,
      `old 1\n${`${hash}\n`.repeat(64)}\n${note}`,
      `old 2\n\n${note}`,
      `old 0\n\n${note.slice(0, -1)}`,
    ]) {
      const answer = await add(broken);
      expect([broken, answer.status, answer.body.type]).toEqual([
        broken,
        400,
        problem('malformed-note'),
      ]);
    }
  });

  it('answers 413 to a body of over 68 KiB', async () => {
    const answer = await add('x'.repeat(70_000));
    expect([answer.status, answer.body.type]).toEqual([413, problem('too-large')]);
  });

  it('answers 404 for a log that its policy does not name, and once it does, 200', async () => {
    writePolicy(witness, 'quorum none');
    const answer = await add(body(0, 1));
    expect([answer.status, answer.body.type]).toEqual([404, problem('log-origin-unknown')]);
    writePolicy(witness, `log ${other.registry.identity.vkey}`, 'quorum none');
    await add(body(0, 1)).expect(200);
  });

  it('never witnesses its own log, though a shared policy names it', async () => {
    writePolicy(witness, `log ${witness.registry.identity.vkey}`, 'quorum none');
    const own = await witness.registry.log.checkpoint();
    await add(formatAddCheckpoint({ oldSize: 0, proof: [], note: own })).expect(404);
  });

  it('answers 403 when no trusted key has signed, or a line under its name does not verify', async () => {
    const { text, signatures } = parseNote(checkpoint(1));
    const forged = { ...signatures[0]!, signature: new Uint8Array(64) };
    const stranger = { ...forged, keyId: '00000000' };
    for (const lines of [[forged], [stranger], [signatures[0]!, forged]]) {
      const answer = await add(body(0, 1, formatNote({ text, signatures: lines })));
      expect([answer.status, answer.body.type]).toEqual([403, problem('log-key-untrusted')]);
    }
  });

  it('answers 409 with the size it holds, in the media type of the specification', async () => {
    await add(body(0, 2)).expect(200);
    for (const request of [body(0, 3), body(1, 3), body(0, 2)]) {
      const answer = await add(request).buffer(true).expect(409);
      expect(answer.headers['content-type']).toBe('text/x.tlog.size');
      expect(String(answer.text ?? answer.body)).toBe('2\n');
    }
  });

  it('answers 422 to a proof that leads nowhere, and accuses nobody: anyone can send that', async () => {
    await add(body(0, 1)).expect(200);
    const answer = await add(
      formatAddCheckpoint({ oldSize: 1, proof: [first!], note: checkpoint(2) }),
    );
    expect([answer.status, answer.body.type]).toEqual([
      422,
      problem('log-inconsistent-checkpoint'),
    ]);
    expect((await witness.http().get('/witness/evidence')).body).toEqual([]);
    expect((await held()).text).toContain('\n1\n');
  });

  it('answers 422 to a proof from size 0, and to an empty tree with another root', async () => {
    await add(formatAddCheckpoint({ oldSize: 0, proof: [first!], note: checkpoint(2) })).expect(
      422,
    );
    await add(body(0, 0, forgedCheckpoint(signer, 0, 7))).expect(422);
    await held().expect(404);
  });

  it('answers 422 to a fork, and shows both checkpoints to everybody', async () => {
    await add(body(0, 2)).expect(200);
    const fork = forgedCheckpoint(signer, 2, 7);
    for (let again = 0; again < 2; again++) await add(body(2, 2, fork)).expect(422);
    const { body: evidence } = await witness.http().get('/witness/evidence').expect(200);
    expect(evidence).toEqual([
      {
        origin: 'us.registry.example/log',
        held: (await held()).text,
        offered: fork,
        receivedAt: expect.stringMatching(/Z$/),
      },
    ]);
    for (const note of [evidence[0].held, evidence[0].offered])
      await openCheckpoint(nodeCrypto, note, [signer.key]);
  });

  it('keeps no line that it did not verify, not even one in its own name', async () => {
    const { text, signatures } = parseNote(checkpoint(1));
    const { name, keyId } = cosignerKey();
    const poison = { name, keyId, signature: new Uint8Array(72).fill(1) };
    await add(body(0, 1, formatNote({ text, signatures: [...signatures, poison] }))).expect(200);
    const { signatures: kept } = parseNote((await held()).text);
    expect(kept).toHaveLength(2);
    await add(body(1, 3)).expect(200);
  });

  it('goes forward only, when A(2) and B(3) race at two processes and are then replayed', async () => {
    const second = await startRegistry({ like: witness });
    try {
      await add(body(0, 1)).expect(200);
      const race = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          add(body(1, i % 2 === 0 ? 2 : 3), i % 3 === 0 ? second : witness),
        ),
      );
      const statuses = race.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array(11).fill(409)]);
      if ((await held()).text.includes('\n2\n')) await add(body(2, 3)).expect(200);
      expect((await held(second)).text).toContain('\n3\n');
      for (const replay of [body(0, 1), body(1, 2), body(1, 3), body(2, 3)])
        await add(replay, second).expect(409);
    } finally {
      await second.stop();
    }
  });

  it('remembers across a restart', async () => {
    await add(body(0, 3)).expect(200);
    await witness.stop();
    witness = await startRegistry({ like: witness });
    await add(body(0, 1)).expect(409);
    expect((await held()).text).toContain('\n3\n');
  });

  it('says which key it has and how far it has seen each log', async () => {
    await add(body(0, 2)).expect(200);
    const { body: described } = await witness.http().get('/witness').expect(200);
    expect(described).toEqual({
      name: 'au.registry.example/witness',
      vkey: expect.stringContaining('au.registry.example/witness+'),
      logs: [{ origin: 'us.registry.example/log', vkey: other.registry.identity.vkey, size: 2 }],
    });
    expect(parseVerifierKey(sha256, described.vkey)).toEqual(cosignerKey());
  });

  it('cosigns nothing while its clock is behind its last cosignature', async () => {
    await add(body(0, 2)).expect(200);
    const { text, signatures } = parseNote(checkpoint(2));
    const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
    const line = signCosignature(text, witness.registry.witnessing.cosigner, inAnHour);
    await witness.registry.dataSource.query('UPDATE witness_state SET note = $1', [
      formatNote({ text, signatures: [...signatures, line] }),
    ]);
    const answer = await add(body(2, 3));
    expect([answer.status, answer.body.type]).toEqual([503, problem('clock-behind')]);
  });

  it('answers a fault, and cosigns nothing, when what it holds is not what it cosigned', async () => {
    await add(body(0, 2)).expect(200);
    await witness.registry.dataSource.query('UPDATE witness_state SET size = 1, root = $1', [
      Buffer.from(ROOTS[1]!),
    ]);
    const answer = await add(body(1, 3));
    expect([answer.status, answer.body.type]).toEqual([500, problem('internal')]);
  });
});
