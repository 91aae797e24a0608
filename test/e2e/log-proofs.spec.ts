import { base64 } from '@scure/base';
import { nodeCrypto } from '#lib/keys';
import {
  leafHash,
  openCheckpoint,
  parseEntryBundle,
  parseTlogProof,
  parseVerifierKey,
  policyOfLog,
  verifyConsistency,
  verifyEntryProof,
  verifyInclusion,
} from '#lib/tlog';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describe('what the log proves of itself', () => {
  let au: TestRegistry;
  const roots = new Map<number, Uint8Array>();
  const problem = (name: string) => `urn:lodestone:problem:${name}`;
  const vkey = () => parseVerifierKey(nodeCrypto.sha256, au.registry.identity.vkey);
  const open = async (note: string) =>
    (await openCheckpoint(nodeCrypto, note, [vkey()])).checkpoint;
  const refusal = async (path: string) => {
    const { status, body, headers } = await au.http().get(`/log/${path}`);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['cache-control']).toBe('no-store');
    return [status, (body as { type: string }).type];
  };

  beforeAll(async () => {
    au = await startRegistry();
    for (let i = 0; i < 6; i++) await au.party(`Party ${i}`, ['processor']);
  });
  afterAll(() => au?.close());

  it('lists every checkpoint it ever signed, and shows each by its size', async () => {
    const { body } = await au.http().get('/log/checkpoints').expect(200);
    const { checkpoints, next } = body as { checkpoints: string[]; next: null };
    const sizes: number[] = [];
    for (const note of checkpoints) {
      const { treeSize, rootHash } = await open(note);
      sizes.push(treeSize);
      roots.set(treeSize, rootHash);
      const one = await au.http().get(`/log/checkpoints/${treeSize}`).expect(200);
      expect(one.text).toBe(note);
      expect(one.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(one.headers['cache-control']).toBe('public, max-age=2');
    }
    expect(sizes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(next).toBeNull();
    const later = await au.http().get('/log/checkpoints?from=5').expect(200);
    expect(later.body).toEqual({ checkpoints: checkpoints.slice(5), next: null });
    const none = await au.http().get('/log/checkpoints?from=8').expect(200);
    expect(none.body).toEqual({ checkpoints: [], next: null });
  });

  it('hands its checkpoints out in pages', async () => {
    expect(await au.registry.log.checkpoints(2, 3)).toMatchObject({ next: 5 });
    expect((await au.registry.log.checkpoints(5, 3)).next).toBeNull();
  });

  it('proves every entry in every tree, whether anybody signed it or not', async () => {
    const bundle = await au.http().get('/log/tile/entries/000.p/7').buffer(true).expect(200);
    const entries = parseEntryBundle(bundle.body as Uint8Array);
    for (let size = 1; size <= 7; size++)
      for (let index = 0; index < size; index++) {
        const path = `/log/inclusion?index=${index}&size=${size}`;
        const { body } = await au.http().get(path).expect(200);
        const leaf = leafHash(nodeCrypto.sha256, entries[index]!);
        expect(body).toMatchObject({ index, treeSize: size, leafHash: base64.encode(leaf) });
        verifyInclusion(nodeCrypto.sha256, {
          index,
          treeSize: size,
          leafHash: leaf,
          rootHash: roots.get(size)!,
          proof: (body as { hashes: string[] }).hashes.map((hash) => base64.decode(hash)),
        });
      }
  });

  it('proves that each tree is the beginning of each later one', async () => {
    for (let from = 1; from <= 7; from++)
      for (let to = from; to <= 7; to++) {
        const { body } = await au.http().get(`/log/consistency?from=${from}&to=${to}`).expect(200);
        verifyConsistency(nodeCrypto.sha256, {
          oldSize: from,
          newSize: to,
          oldRoot: roots.get(from)!,
          newRoot: roots.get(to)!,
          proof: (body as { hashes: string[] }).hashes.map((hash) => base64.decode(hash)),
        });
      }
  });

  it('gives the bare tlog-proof of an entry, also under an older checkpoint', async () => {
    const { body: receipt } = await au.http().get('/log/entries/2/proof?size=4').expect(200);
    const { entry, proof, digest } = receipt as { entry: string; proof: string; digest: string };
    const parsed = parseTlogProof(proof);
    expect((await open(parsed.checkpoint)).treeSize).toBe(4);
    const bytes = new TextEncoder().encode(entry);
    const verified = await verifyEntryProof(nodeCrypto, parsed, bytes, policyOfLog(vkey()));
    expect(verified.entry.digest).toBe(digest);
    for (const path of ['entries/2', `entries/by-digest/${digest}`]) {
      const bare = await au.http().get(`/log/${path}/tlog-proof?size=4`).expect(200);
      expect(bare.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(bare.text).toBe(proof);
    }
  });

  it('serves tiles that need not be fetched twice', async () => {
    const first = await au.http().get('/log/tile/0/000.p/7').buffer(true).expect(200);
    expect(first.headers['etag']).toMatch(/^"[\w-]{43}"$/);
    const { etag } = first.headers as { etag: string };
    const again = au.http().get('/log/tile/0/000.p/7');
    const answer = await again.set('if-none-match', `"other", ${etag}`).expect(304);
    expect(answer.text).toBe('');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const narrow = await au.http().get('/log/tile/0/000.p/3').buffer(true).expect(200);
    expect((first.body as Buffer).subarray(0, 96).equals(narrow.body as Buffer)).toBe(true);
  });

  it.each([
    ['checkpoints?from=-1', 400, 'invalid-request'],
    ['checkpoints?from=1&from=2', 400, 'invalid-request'],
    ['checkpoints?form=1', 400, 'invalid-request'],
    ['checkpoints/8', 404, 'not-found'],
    ['checkpoints/01', 400, 'invalid-request'],
    ['checkpoints/9999999999999999', 404, 'not-found'],
    ['checkpoints/1e3', 400, 'invalid-request'],
    ['inclusion', 400, 'invalid-request'],
    ['inclusion?index=0', 400, 'invalid-request'],
    ['inclusion?index=7&size=7', 400, 'invalid-log-path'],
    ['inclusion?index=0&size=0', 400, 'invalid-log-path'],
    ['inclusion?index=0&size=8', 404, 'not-found'],
    ['inclusion?index=+1&size=2', 400, 'invalid-request'],
    ['consistency?from=0&to=7', 400, 'invalid-log-path'],
    ['consistency?from=3&to=2', 400, 'invalid-log-path'],
    ['consistency?from=3&to=8', 404, 'not-found'],
    ['consistency?from=3', 400, 'invalid-request'],
    ['consistency?from=9999999999999999&to=9999999999999999', 404, 'not-found'],
    ['entries/7/proof', 404, 'not-found'],
    ['entries/2/proof?size=2', 400, 'invalid-log-path'],
    ['entries/2/proof?size=8', 404, 'not-found'],
    ['entries/2/tlog-proof?size=x', 400, 'invalid-request'],
    ['entries/9007199254740993/proof', 400, 'invalid-log-path'],
    ['tile/0/000', 404, 'not-found'],
    ['tile/0/000.p/8', 404, 'not-found'],
    ['tile/1/000.p/1', 404, 'not-found'],
    ['tile/63/x999/x999/x999/x999/999', 404, 'not-found'],
    ['tile/0/x009/x007/x199/x254/x740/991', 404, 'not-found'],
    ['tile/0/x009/x007/x199/x254/x740/993', 400, 'invalid-log-path'],
    ['tile/', 400, 'invalid-log-path'],
    ['tile/0/%30%30%30', 404, 'not-found'],
    ['tile/0/000.p/2?x=1', 200, undefined],
  ])('answers %s with %d %s', async (path, status, name) => {
    if (name === undefined) return void (await au.http().get(`/log/${path}`).expect(status));
    expect(await refusal(path)).toEqual([status, problem(name)]);
  });
});
