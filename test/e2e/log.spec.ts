import { fromHex, parseJson, toHex } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import {
  leafHash,
  openCheckpoint,
  parseEntryBundle,
  parseTlogProof,
  parseVerifierKey,
  policyOfLog,
  verifyEntryProof,
} from '#lib/tlog';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describe('GET /log', () => {
  let au: TestRegistry;
  const vkey = () => parseVerifierKey(nodeCrypto.sha256, au.registry.identity.vkey);
  const problem = (name: string) => `urn:lodestone:problem:${name}`;

  beforeAll(async () => {
    au = await startRegistry();
    await au.party('Wandarra Mining', ['processor']);
    await au.party('Goldfields Separation', ['processor']);
  });
  afterAll(() => au?.close());

  it('serves a checkpoint that the log key has signed', async () => {
    const answer = await au.http().get('/log/checkpoint').expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('public, max-age=2');
    const { checkpoint } = await openCheckpoint(nodeCrypto, answer.text, [vkey()]);
    expect(checkpoint).toMatchObject({ origin: 'au.registry.example/log', treeSize: 3 });
  });

  it('serves entries and hashes as tiles that agree with each other', async () => {
    const entries = await au.http().get('/log/tile/entries/000.p/3').buffer(true).expect(200);
    expect(entries.headers['content-type']).toBe('application/octet-stream');
    expect(entries.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const tile = await au.http().get('/log/tile/0/000.p/3').buffer(true).expect(200);
    const leaves = parseEntryBundle(entries.body as Uint8Array).map((entry) =>
      toHex(leafHash(nodeCrypto.sha256, entry)),
    );
    expect(leaves.join('')).toBe(toHex(tile.body as Uint8Array));
  });

  it('refuses a tile that does not exist yet, and a path that is none', async () => {
    const later = await au.http().get('/log/tile/0/000.p/4');
    expect([later.status, later.body.type]).toEqual([404, problem('not-found')]);
    for (const path of ['0/0', '0/000.p/0', '64/000', 'entries/000.p/256', 'x/000', '0/x000/000']) {
      const answer = await au.http().get(`/log/tile/${path}`);
      expect([path, answer.status, answer.body.type]).toEqual([
        path,
        400,
        problem('invalid-log-path'),
      ]);
    }
  });

  it('proves an entry by its index and by its statement', async () => {
    const { body } = await au.http().get('/log/entries/1/proof').expect(200);
    const policy = policyOfLog(vkey());
    const bytes = new TextEncoder().encode(body.entry);
    const { entry } = await verifyEntryProof(nodeCrypto, parseTlogProof(body.proof), bytes, policy);
    expect(entry).toMatchObject({ index: 1, digest: body.digest, recordedAt: body.recordedAt });
    expect(parseJson(bytes)).toEqual(entry);
    const again = await au.http().get(`/log/entries/by-digest/${body.digest}/proof`).expect(200);
    expect(again.body).toEqual(body);
  });

  it('refuses an index beyond the end, one that is none, and a digest it does not hold', async () => {
    const types = [];
    for (const path of ['3', '-1', '01', 'by-digest/zz', `by-digest/${'0'.repeat(64)}`])
      types.push((await au.http().get(`/log/entries/${path}/proof`)).body.type);
    expect(types).toEqual(
      ['not-found', 'invalid-request', 'invalid-request', 'invalid-request', 'not-found'].map(
        problem,
      ),
    );
  });

  it('keeps what was said, and by whom, out of every entry', async () => {
    const { body } = await au.http().get('/log/entries/2/proof').expect(200);
    expect(Object.keys(JSON.parse(body.entry))).toEqual([
      'digest',
      'index',
      'origin',
      'previous',
      'recordedAt',
    ]);
    expect(fromHex(JSON.parse(body.entry).previous)).toHaveLength(32);
  });
});
