import { inspectBundle, parseTrust, type Report } from '#lib/verification';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import { parseNote } from '#lib/tlog';
import { canonicalBytes, type EvidenceBundle, type Trust } from '#lib/documents';
import { rotateKeys } from '../../apps/registry/src/rotate-keys.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';
import {
  bundleOf,
  certify,
  makeOxide,
  mass,
  type AustralianOxide,
  type Issued,
} from '../support/registry-journey.js';

describe('a registry that changes its keys', () => {
  let au: TestRegistry;
  let made: AustralianOxide;
  let certificate: Issued;
  let oldTrust: Trust;
  let oldBundle: Buffer;

  beforeAll(async () => {
    au = await startRegistry();
    made = await makeOxide(au);
    certificate = await certify(au, made.separator, made.oxide);
    oldTrust = await trustOf(au);
    oldBundle = await bundleOf(au, certificate);
  });

  afterAll(() => au.close());

  const signaturesOfHead = async () =>
    parseNote((await au.http().get('/log/checkpoint')).text).signatures.map(({ keyId }) => keyId);

  const inspect = (bytes: Uint8Array, trust: Trust) =>
    inspectBundle(nodeCrypto, bytes, trust, { at: new Date().toISOString() });

  it('signs every checkpoint with the old and the new log key while both count', async () => {
    const before = au.registry.signer.publicKeyMultibase;
    await rotateKeys(au.registry, { retireAt: inSeconds(3600) });
    expect(au.registry.signer.publicKeyMultibase).not.toBe(before);
    await au.party('First after the rotation', ['buyer']);
    expect(await signaturesOfHead()).toHaveLength(2);
    const { verificationMethod } = (await au.http().get('/.well-known/did.json')).body;
    expect(verificationMethod).toHaveLength(2);
    expect(verificationMethod[0].expires).toBeDefined();
    expect(verificationMethod[1].expires).toBeUndefined();
  });

  it('is followed by its other processes, which sign with the new keys too', async () => {
    const second = await startRegistry({ like: au });
    try {
      await second.party('Through the second process', ['buyer']);
      expect(await signaturesOfHead()).toHaveLength(2);
      await rotateKeys(second.registry, { retireAt: inSeconds(3600) });
      await au.registry.keys.refresh();
      await au.party('Through the first again', ['buyer']);
      expect(await signaturesOfHead()).toHaveLength(3);
    } finally {
      await second.stop();
    }
  });

  it('signs with the new log key alone when the old ones are retired', async () => {
    await rotateKeys(au.registry, { retireAt: inSeconds(0) });
    await au.party('After the retirement', ['buyer']);
    expect(await signaturesOfHead()).toHaveLength(1);
  });

  it.each(['the oldest log key', 'the newest log key'])(
    'proves an old certificate to whoever trusts %s',
    async (which) => {
      const trust = which === 'the oldest log key' ? oldTrust : await trustOf(au);
      const report = await inspect(await bundleOf(au, certificate), trust);
      expect(complaints(report)).toEqual([]);
      expect(report.accepted).toBe(true);
    },
  );

  it('leaves a bundle from before the rotation as good as it was', async () => {
    expect((await inspect(oldBundle, oldTrust)).accepted).toBe(true);
  });

  it('cannot lead from the old key to the new without the proof of the announcement', async () => {
    const bundle = JSON.parse((await bundleOf(au, certificate)).toString()) as EvidenceBundle;
    delete bundle.registries[0]!.logKeyProofs;
    const report = await inspect(canonicalBytes(bundle), oldTrust);
    expect(complaints(report)).toContain('checkpoint-signed');
  });

  it('issues certificates that verify under its new keys, and stand in one history', async () => {
    const next = await makeAnother(au, made);
    const issued = await certify(au, made.separator, next);
    const report = await inspect(await bundleOf(au, issued), oldTrust);
    expect(complaints(report)).toEqual([]);
    expect(report.accepted).toBe(true);
  });

  it('starts again with the keys that count, and is audited under all of them', async () => {
    const again = await startRegistry({ like: au });
    try {
      await again.party('After the new start', ['buyer']);
      expect(await signaturesOfHead()).toHaveLength(1);
    } finally {
      await again.stop();
    }
  });

  it('lets nobody else name the keys of its log', async () => {
    const key = signerOf(generateKey());
    const logKeys = { add: [], retire: [{ logKey: au.registry.identity.vkey, at: inSeconds(0) }] };
    const subject = { id: au.registry.identity.did, add: [], retire: [], logKeys };
    await expect(au.say(au.authority, 'KeyRotation', subject)).rejects.toThrow('not-issuer');
    await expect(au.say(key, 'KeyRotation', subject)).rejects.toThrow('party-unknown');
  });
});

async function makeAnother(au: TestRegistry, { separator }: AustralianOxide): Promise<string> {
  const id = `${separator.did}/batches/O-2`;
  await au.say(separator, 'Intake', {
    id,
    lot: 'O-2',
    form: 'oxide',
    facility: `${separator.did}/facilities/works`,
    quantity: mass('100'),
    composition: [{ substance: 'Nd2O3', percent: '99' }],
    source: 'opening-stock',
    receivedAt: new Date(Date.now() - 86_400_000).toISOString(),
    origins: [],
    custodyModel: 'segregated',
    evidence: [{ title: 'Stock list', digest: 'ab'.repeat(32), mediaType: 'application/pdf' }],
  });
  return id;
}

async function trustOf(registry: TestRegistry): Promise<Trust> {
  const { text } = await registry.http().get('/trust.json');
  return parseTrust(nodeCrypto.sha256, Buffer.from(text));
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

function complaints({ checks }: Report): string[] {
  return checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
}
