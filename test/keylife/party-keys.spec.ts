import type { Trust } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf, type KeySigner } from '#lib/keys';
import { inspectBundle, parseTrust, type Report } from '#lib/verification';
import { daysAgo, startRegistry, submission, type TestRegistry } from '../support/registry.js';
import {
  bundleOf,
  certify,
  makeOxide,
  mass,
  type AustralianOxide,
} from '../support/registry-journey.js';

describe('a party that changes its keys', () => {
  let au: TestRegistry;
  let made: AustralianOxide;
  let next: KeySigner;

  beforeAll(async () => {
    au = await startRegistry();
    made = await makeOxide(au);
    next = signerOf(generateKey());
  });

  afterAll(() => au.close());

  const rotate = (retireAt: string) =>
    au.say(
      made.separator,
      'KeyRotation',
      {
        id: made.separator.did,
        add: [next.publicKeyMultibase],
        retire: [{ publicKeyMultibase: made.separator.publicKeyMultibase, at: retireAt }],
      },
      { with: [next] },
    );

  /** The party's statements go on in its name, under whichever of its keys. */
  const as = (key: KeySigner): KeySigner => ({ ...key, did: made.separator.did });

  const takeIn = (key: KeySigner, name: string) =>
    submission(as(key), 'Intake', {
      id: `${made.separator.did}/batches/${name}`,
      lot: name,
      form: 'oxide',
      facility: `${made.separator.did}/facilities/works`,
      quantity: mass('100'),
      composition: [{ substance: 'Nd2O3', percent: '99' }],
      source: 'opening-stock',
      receivedAt: daysAgo(2),
      origins: [],
      custodyModel: 'segregated',
      evidence: [{ title: 'Stock list', digest: 'ab'.repeat(32), mediaType: 'application/pdf' }],
    });

  const send = async (body: Promise<Uint8Array>) => au.submit(await body);

  const judge = async (): Promise<Report> => {
    const issued = await certified();
    return inspectBundle(nodeCrypto, await bundleOf(au, issued), await trust(), { at: now() });
  };

  let certificate: ReturnType<typeof certify> | undefined;
  const certified = () => (certificate ??= certify(au, made.separator, made.oxide));

  const trust = async (): Promise<Trust> =>
    parseTrust(nodeCrypto.sha256, Buffer.from((await au.http().get('/trust.json')).text));

  it('signs with either while both count', async () => {
    await certified();
    await rotate(new Date(Date.now() + 1_500).toISOString());
    expect((await send(takeIn(made.separator, 'BY-OLD'))).status).toBe(201);
    expect((await send(takeIn(next, 'BY-NEW'))).status).toBe(201);
  });

  it('signs with the new one alone when the old one is retired', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    const late = await send(takeIn(made.separator, 'TOO-LATE'));
    expect(late.body).toMatchObject({ status: 403, pointer: '/proof' });
    expect(late.body.type).toContain('key-not-valid');
    expect((await send(takeIn(next, 'IN-TIME'))).status).toBe(201);
  });

  it('keeps what the old key signed: a retirement never reaches back', async () => {
    const report = await judge();
    expect(complaints(report)).toEqual([]);
    expect(report.accepted).toBe(true);
  });

  it('cannot take back a key that is not its own', async () => {
    const revoke = (publicKeyMultibase: string) =>
      submission(as(next), 'KeyRevocation', {
        id: made.separator.did,
        publicKeyMultibase,
        reason: 'lost',
        effectiveFrom: daysAgo(0),
      });
    expect((await send(revoke(made.miner.publicKeyMultibase))).body.type).toContain(
      'reference-unknown',
    );
  });

  it('takes with it, when a key was stolen before it signed, what rests on that key', async () => {
    const body = await submission(as(next), 'KeyRevocation', {
      id: made.separator.did,
      publicKeyMultibase: made.separator.publicKeyMultibase,
      reason: 'compromised',
      effectiveFrom: daysAgo(1),
    });
    expect((await au.submit(body)).status).toBe(201);
    const report = await judge();
    // Judged by when it was recorded, not by when it says that it was signed.
    expect(complaints(report)).toEqual(['no-later-revocation']);
    expect(report.accepted).toBe(false);
  });
});

function now(): string {
  return new Date().toISOString();
}

function complaints({ checks }: Report): string[] {
  return checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
}
