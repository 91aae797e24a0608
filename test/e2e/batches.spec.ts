import type { KeySigner } from '#lib/keys';
import { makeOxide, type AustralianOxide } from '../support/registry-journey.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;

describe('GET /batches/{id}', () => {
  let au: TestRegistry;
  let made: AustralianOxide;

  const read = async (party: KeySigner, batch: string, route = '') =>
    au
      .http()
      .get(`/batches/${encodeURIComponent(batch)}${route}`)
      .set('authorization', await au.session(party));

  beforeAll(async () => {
    au = await startRegistry();
    made = await makeOxide(au);
  });
  afterAll(() => au?.close());

  it('shows the holder what it holds, and what is left of it', async () => {
    const { body } = await read(made.separator, made.oxide);
    expect(body).toMatchObject({ id: made.oxide, massMg: '1700000000', leftMg: '1700000000' });
  });

  it('shows a maker the batch that it passed on, and the holder what it has used up', async () => {
    for (const party of [made.miner, made.separator]) {
      const { body } = await read(party, made.concentrate);
      expect(body).toMatchObject({ custodian: made.separator.did, leftMg: '0' });
    }
  });

  it('shows an authority and an auditor everything', async () => {
    const auditor = await au.party('Perth Auditors', ['auditor']);
    for (const party of [auditor, au.authority])
      expect((await read(party, made.oxide)).status).toBe(200);
  });

  it('refuses the public, those without a mandate, and what does not exist', async () => {
    const open = await au.http().get(`/batches/${encodeURIComponent(made.oxide)}`);
    expect([open.status, open.body.type]).toEqual([401, problem('session-required')]);
    for (const route of ['', '/lineage', '/custody']) {
      const upward = await read(made.miner, made.oxide, route);
      expect([upward.status, upward.body.type]).toEqual([403, problem('not-mandated')]);
      const none = await read(made.miner, `${made.miner.did}/batches/none`, route);
      expect([none.status, none.body.type]).toEqual([404, problem('not-found')]);
    }
  });

  it('traces what the batch was made from, with what upstream kept secret', async () => {
    const { body } = await read(made.separator, made.oxide, '/lineage');
    expect(body.edges).toEqual([{ parent: made.concentrate, child: made.oxide }]);
    const types = body.statements.map(({ type }: { type: string }) => type);
    for (const type of ['RegistryGenesis', 'MakeEvent', 'HandoverOffer', 'HandoverAnswer', 'Assay'])
      expect(types).toContain(type);
    const event = body.statements.findLast(({ type }: { type: string }) => type === 'MakeEvent');
    expect(event.statement.credentialSubject.outputs[0].lot).toBe('O-1');
  });

  it('tells through whose hands it went', async () => {
    const { body } = await read(made.separator, made.oxide, '/custody');
    expect(body).toMatchObject({ custodian: made.separator.did, owner: made.separator.did });
    expect(body.statements.map(({ type }: { type: string }) => type)).toEqual([
      'MakeEvent',
      'HandoverOffer',
      'HandoverAnswer',
      'MakeEvent',
    ]);
  });
});

describe('GET /parties/{id}', () => {
  let au: TestRegistry;
  beforeAll(async () => {
    au = await startRegistry();
  });
  afterAll(() => au?.close());

  it('shows the public part of a party, with its keys and how long they are valid', async () => {
    const miner = await au.party('Wandarra Mining', ['processor']);
    const { body } = await au
      .http()
      .get(`/parties/${encodeURIComponent(miner.did)}`)
      .expect(200);
    expect(body).toMatchObject({
      id: miner.did,
      name: 'Wandarra Mining',
      country: 'AU',
      roles: ['processor'],
    });
    expect(body.keys).toEqual([
      expect.objectContaining({
        publicKeyMultibase: miner.publicKeyMultibase,
        validUntil: null,
        isValidNow: true,
      }),
    ]);
  });

  it('shows the first authority, which the genesis registered', async () => {
    const { body } = await au.http().get(`/parties/${au.authority.did}`).expect(200);
    expect(body.roles).toEqual(['authority']);
    expect(body.name).toBeUndefined();
  });

  it('says not-found for a stranger', async () => {
    const answer = await au.http().get('/parties/did:key:z6MkStranger');
    expect([answer.status, answer.body.type]).toEqual([404, problem('not-found')]);
  });
});
