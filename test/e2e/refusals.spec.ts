import { base64 } from '@scure/base';
import { canonicalBytes, parseJson } from '#lib/documents';
import type { KeySigner } from '#lib/keys';
import { parseBundle } from '#lib/verification';
import { importBody, type Consignment } from '../support/import-body.js';
import {
  bundleOf,
  certify,
  handOver,
  makeOxide,
  mass,
  recognise,
  release,
  type AustralianOxide,
  type Issued,
} from '../support/registry-journey.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;

describe('POST /imports/refusals', () => {
  let au: TestRegistry;
  let us: TestRegistry;
  let made: AustralianOxide;
  let importer: KeySigner;
  let certificate: Issued;
  let beforeRelease: Buffer;
  let consignment: Consignment;
  let refused: { statement: object; disclosures: object[]; receipt: { origin: string } };

  const decline = async (
    party: KeySigner,
    bundle: unknown = consignment.bundle.toString('base64'),
    reason = 'The delivery was cancelled.',
    at = us,
  ) =>
    at
      .http()
      .post('/imports/refusals')
      .set('authorization', await at.session(party))
      .send({ bundle, reason });
  const bring = async () =>
    us
      .http()
      .post('/imports')
      .send(await importBody(consignment, importer));
  const heldAtHome = async () =>
    (
      await au
        .http()
        .get(`/batches/${encodeURIComponent(made.oxide)}`)
        .set('authorization', await au.session(made.separator))
    ).body;

  /** The holder releases the batch under a certificate and sends everything to the importer. */
  async function consign(under: Issued, recognition: string): Promise<Consignment> {
    const { separator, oxide } = made;
    const position = await release(au, separator, oxide, under.id, us, importer.did);
    const { body } = await au
      .http()
      .get(`/certificates/${under.path}`)
      .set('authorization', under.authorization);
    return {
      home: au,
      batch: oxide,
      position,
      certificate: body.certificate,
      disclosures: body.disclosures,
      bundle: await bundleOf(au, under),
      recognition,
    };
  }

  beforeAll(async () => {
    au = await startRegistry({ jurisdiction: 'AU' });
    us = await startRegistry({ jurisdiction: 'US' });
    made = await makeOxide(au);
    importer = await us.party('Blue Ridge Metals LLC', ['processor']);
    certificate = await certify(au, made.separator, made.oxide);
    beforeRelease = await bundleOf(au, certificate);
    consignment = await consign(certificate, await recognise(us, au));
  });
  afterAll(async () => {
    await au?.close();
    await us?.close();
  });

  it('is for the importer whom the release names, and for this jurisdiction’s authority', async () => {
    const bundle = consignment.bundle.toString('base64');
    const nobody = await us.http().post('/imports/refusals').send({ bundle, reason: 'No.' });
    expect([nobody.status, nobody.body.type]).toEqual([401, problem('session-required')]);
    const rival = await us.party('Quick Metals Inc', ['processor']);
    const foreign = await us.party('Rare Earth Office of Malaysia', ['authority'], 'MY');
    for (const party of [rival, foreign]) {
      const answer = await decline(party);
      expect([answer.status, answer.body.type]).toEqual([403, problem('not-mandated')]);
      expect(answer.body.remedy).toContain('importer');
    }
  });

  it.each([
    ['a bundle that is missing', undefined, 'Why.', 'invalid-request', '/bundle'],
    ['a reason that is empty', 'e30=', ' ', 'invalid-request', '/reason'],
    ['a bundle that is none', 'e30=', 'Why.', 'malformed-bundle', '/bundle/type'],
  ])('points at %s', async (_case, bundle, reason, name, pointer) => {
    const answer = await us
      .http()
      .post('/imports/refusals')
      .set('authorization', await us.session(importer))
      .send({ bundle, reason });
    expect([answer.status, answer.body.type]).toEqual([400, problem(name)]);
    expect(answer.body.pointer).toBe(pointer);
  });

  it('declines nothing that was not released, or was released to another registry', async () => {
    const early = await decline(importer, beforeRelease.toString('base64'));
    expect([early.status, early.body.type]).toEqual([422, problem('evidence-rejected')]);
    const elsewhere = await decline(made.separator, undefined, 'Not ours.', au);
    expect([elsewhere.status, elsewhere.body.type]).toEqual([
      409,
      problem('release-not-for-this-registry'),
    ]);
  });

  it('declines no release that somebody has altered on the way', async () => {
    const bundle = parseBundle(new Uint8Array(consignment.bundle));
    const rival = await us.party('Rapid Metals Inc', ['processor']);
    const records = bundle.records.map((record) => {
      const statement = parseJson(base64.decode(record.statement)) as {
        type: string[];
        credentialSubject: object;
      };
      if (statement.type[1] !== 'Release') return record;
      const credentialSubject = { ...statement.credentialSubject, importer: rival.did };
      const forged = canonicalBytes({ ...statement, credentialSubject });
      return { ...record, statement: base64.encode(forged) };
    });
    const answer = await decline(rival, { ...bundle, records });
    expect([answer.status, answer.body.type]).toEqual([422, problem('proof-invalid')]);
  });

  it('signs and records the refusal here, once, whoever asks for it again', async () => {
    const first = await decline(importer);
    expect(first.status).toBe(201);
    refused = first.body;
    expect(refused.receipt.origin).toBe('us.registry.example/log');
    for (const party of [importer, us.authority]) {
      const again = await decline(party, undefined, 'Other words.');
      expect([again.status, again.body.statement]).toEqual([200, refused.statement]);
    }
  });

  it('gives one refusal to all who ask at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => decline(importer)));
    for (const { body } of answers) expect(body.statement).toEqual(refused.statement);
  });

  it('cannot be imported any more, even before the home registry has heard of it', async () => {
    const answer = await bring();
    expect([answer.status, answer.body.type]).toEqual([409, problem('release-declined')]);
    expect(answer.body.pointer).toBe('/credentialSubject/release');
  });

  it('opens the batch at home, once, where it can be used again', async () => {
    expect((await heldAtHome()).release).toMatchObject(consignment.position);
    const { statement, disclosures } = refused;
    const body = canonicalBytes({ disclosures, statement });
    expect((await au.submit(body)).status).toBe(201);
    expect((await heldAtHome()).release).toBeNull();
    const { separator, miner, oxide } = made;
    await handOver(au, separator, miner, oxide, mass('1700'), 16);
    await handOver(au, miner, separator, oxide, mass('1700'), 14);
  });

  it('stays declined with evidence from after the batch was opened again', async () => {
    consignment = { ...consignment, bundle: await bundleOf(au, certificate) };
    const answer = await bring();
    expect([answer.status, answer.body.type]).toEqual([409, problem('release-declined')]);
  });

  it('takes in the same batch under a new release, which then cannot be declined', async () => {
    const answer = await au
      .http()
      .post('/certificates')
      .set('authorization', await au.session(made.separator))
      .send({ batch: made.oxide, supersedes: certificate.id });
    expect(answer.status).toBe(201);
    const { id } = answer.body.certificate;
    const path = id.slice(id.lastIndexOf('/') + 1);
    const renewed = { id, path, authorization: certificate.authorization };
    consignment = await consign(renewed, consignment.recognition);
    const brought = await bring();
    expect([brought.status, brought.body.type]).toEqual([201, undefined]);
    const late = await decline(importer);
    expect([late.status, late.body.type]).toEqual([409, problem('release-already-imported')]);
  });
});
