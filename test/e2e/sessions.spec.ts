import { presentationBy, signDocument } from '#lib/credentials';
import { generateKey, nodeCrypto, signerOf, type KeySigner } from '#lib/keys';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describe('POST /sessions', () => {
  let au: TestRegistry;
  let miner: KeySigner;
  const problem = (name: string) => `urn:lodestone:problem:${name}`;

  beforeAll(async () => {
    au = await startRegistry();
    miner = await au.party('Wandarra Mining', ['processor']);
  });
  afterAll(() => au?.close());

  const ask = async () =>
    (await au.http().get('/sessions/challenge').expect(200)).body as {
      challenge: string;
      domain: string;
    };

  const presented = (key: KeySigner, asked: object, holder = key.did) =>
    signDocument(nodeCrypto.sha256, presentationBy(holder), key, {
      created: '2026-11-22T00:00:00Z',
      proofPurpose: 'authentication',
      ...asked,
    });

  it('opens for a registered party that answers the challenge', async () => {
    const asked = await ask();
    expect(asked.domain).toBe('au.registry.example');
    const answer = await au
      .http()
      .post('/sessions')
      .send(await presented(miner, asked));
    expect([answer.status, answer.body.party]).toEqual([201, miner.did]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('refuses the same presentation a second time', async () => {
    const presentation = await presented(miner, await ask());
    await au.http().post('/sessions').send(presentation).expect(201);
    const again = await au.http().post('/sessions').send(presentation);
    expect([again.status, again.body.type]).toEqual([401, problem('challenge-expired')]);
  });

  it('refuses a presentation made for another registry', async () => {
    const { challenge } = await ask();
    const elsewhere = await presented(miner, { challenge, domain: 'us.registry.example' });
    const answer = await au.http().post('/sessions').send(elsewhere);
    expect([answer.status, answer.body.type]).toEqual([422, problem('proof-invalid')]);
    expect(answer.body.pointer).toBe('/proof/domain');
  });

  it('refuses a challenge that this registry never gave', async () => {
    const { domain } = await ask();
    const invented = await presented(miner, { challenge: 'let me in', domain });
    const answer = await au.http().post('/sessions').send(invented);
    expect(answer.body.type).toBe(problem('challenge-expired'));
  });

  it('refuses a party that is not registered', async () => {
    const stranger = signerOf(generateKey());
    const answer = await au
      .http()
      .post('/sessions')
      .send(await presented(stranger, await ask()));
    expect([answer.status, answer.body.type]).toEqual([403, problem('party-unknown')]);
  });

  it('refuses a holder whose key did not sign', async () => {
    const thief = signerOf(generateKey());
    const asked = await ask();
    const answer = await au
      .http()
      .post('/sessions')
      .send(await presented(thief, asked, miner.did));
    expect([answer.status, answer.body.type]).toEqual([403, problem('key-not-valid')]);
  });

  it('refuses what is no presentation', async () => {
    expect((await au.http().post('/sessions').send([])).body.type).toBe(
      problem('schema-violation'),
    );
    expect((await au.http().post('/sessions').send({})).body.type).toBe(problem('proof-invalid'));
  });

  it('refuses a party whose key was revoked after the session was opened, at the next one', async () => {
    const lost = await au.party('Lost Key Pty Ltd', ['processor']);
    await au.session(lost);
    await au.say(au.authority, 'KeyRevocation', {
      id: lost.did,
      publicKeyMultibase: lost.publicKeyMultibase,
      reason: 'lost',
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    await expect(au.session(lost)).rejects.toThrow('key-not-valid');
  });
});
