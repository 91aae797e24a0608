import { blindedDigest, canonicalBytes, toHex } from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { inspectBundle, parseBundle } from '#lib/verification';
import { importBody, type Consignment } from '../support/import-body.js';
import {
  bundleOf,
  certify,
  makeOxide,
  recognise,
  release,
  type AustralianOxide,
  type Issued,
} from '../support/registry-journey.js';
import { dateDaysAgo, startRegistry, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;

describe('POST /imports', () => {
  let au: TestRegistry;
  let us: TestRegistry;
  let made: AustralianOxide;
  let importer: KeySigner;
  let certificate: Issued;
  let bundle: Buffer;
  let consignment: Consignment;

  /** The body of an import, with what this test changes. */
  const draft = (changes: Record<string, unknown> = {}, signer = importer) =>
    importBody(consignment, signer, changes);
  const post = (body: object) => us.http().post('/imports').send(body);

  beforeAll(async () => {
    au = await startRegistry({ jurisdiction: 'AU' });
    us = await startRegistry({ jurisdiction: 'US' });
    made = await makeOxide(au);
    importer = await us.party('Blue Ridge Metals LLC', ['processor']);
    const recognition = await recognise(us, au);
    certificate = await certify(au, made.separator, made.oxide);
    const { separator, oxide } = made;
    const position = await release(au, separator, oxide, certificate.id, us, importer.did);
    bundle = await bundleOf(au, certificate);
    const { body } = await au
      .http()
      .get(`/certificates/${certificate.path}`)
      .set('authorization', certificate.authorization);
    const { certificate: embedded, disclosures } = body;
    const home = { home: au, batch: oxide, certificate: embedded, disclosures };
    consignment = { ...home, position, bundle, recognition };
    expect(body.certificate.credentialSubject.quantity.blinded).toBe(
      blindedDigest(nodeCrypto.sha256, body.disclosures[0].salt, body.disclosures[0].value),
    );
  });
  afterAll(async () => {
    await au?.close();
    await us?.close();
  });

  it('refuses an Import that came without its evidence to POST /statements', async () => {
    const { statement, disclosures } = await draft();
    const answer = await us.submit(canonicalBytes({ disclosures, statement }));
    expect([answer.status, answer.body.type]).toEqual([403, problem('signer-missing')]);
  });

  it('refuses other statements, and bodies without a bundle', async () => {
    const { bundle: _bundle, ...bare } = await draft();
    const without = await post(bare);
    expect([without.status, without.body.type]).toEqual([400, problem('malformed-bundle')]);
    expect((await post([])).body.type).toBe(problem('schema-violation'));
  });

  it('refuses evidence other than the statement cites', async () => {
    const body = await draft({ evidence: 'ab'.repeat(32) });
    const answer = await post(body);
    expect([answer.status, answer.body.type]).toEqual([422, problem('evidence-rejected')]);
    expect(answer.body.pointer).toBe('/credentialSubject/evidence');
  });

  it('refuses evidence that does not hold, and names the checks', async () => {
    const stripped = parseBundle(new Uint8Array(bundle));
    const bytes = Buffer.from(canonicalBytes({ ...stripped, disclosures: [] }));
    const body = await draft({ evidence: toHex(nodeCrypto.sha256(bytes)) });
    const answer = await post({ ...body, bundle: bytes.toString('base64') });
    expect(answer.body.type).toBe(problem('evidence-rejected'));
    expect(answer.body.checks).toContain('decisions-hold');
  });

  it('refuses a release that the bundle does not hold', async () => {
    const answer = await post(await draft({ release: { ...consignment.position, index: 1 } }));
    expect(answer.body).toMatchObject({
      type: problem('evidence-rejected'),
      pointer: '/credentialSubject/release',
    });
  });

  it('refuses a title that the release did not give', async () => {
    const answer = await post(await draft({ transfersTitle: false }));
    expect(answer.body).toMatchObject({
      type: problem('evidence-rejected'),
      pointer: '/credentialSubject/transfersTitle',
    });
  });

  it('refuses an importer whom the release does not name', async () => {
    const thief = await us.party('Quick Metals Inc', ['processor']);
    const answer = await post(await draft({}, thief));
    expect(answer.body).toMatchObject({ type: problem('evidence-rejected'), pointer: '/issuer' });
  });

  it('refuses a recognition that does not exist', async () => {
    const unknown = `${us.authority.did}/recognitions/NZ-1`;
    const answer = await post(await draft({ recognition: unknown }));
    expect([answer.status, answer.body.type]).toEqual([403, problem('recognition-missing')]);
  });

  it('refuses a release to another registry', async () => {
    const gb = await startRegistry({ jurisdiction: 'GB' });
    try {
      const id = await recognise(gb, au);
      const answer = await gb
        .http()
        .post('/imports')
        .send(await draft({ recognition: id }));
      expect([answer.status, answer.body.type]).toEqual([
        409,
        problem('release-not-for-this-registry'),
      ]);
    } finally {
      await gb.close();
    }
  });

  it('records the import once, countersigned by this registry', async () => {
    const body = await draft();
    const first = await post(body);
    expect([first.status, first.body.origin]).toEqual([201, 'us.registry.example/log']);
    const again = await post(body);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const { body: batch } = await us
      .http()
      .get(`/batches/${encodeURIComponent(`${importer.did}/batches/AU-O-1`)}`)
      .set('authorization', await us.session(importer));
    expect(batch).toMatchObject({ form: 'oxide', massMg: '1700000000', custodian: importer.did });
  });

  it('refuses to import the same release under another name', async () => {
    const answer = await post(await draft({ id: `${importer.did}/batches/AU-O-2` }));
    expect([answer.status, answer.body.type]).toEqual([409, problem('release-already-imported')]);
  });

  it('certifies the imported batch with a bundle that holds both registries', async () => {
    const here = await certify(us, importer, `${importer.did}/batches/AU-O-1`);
    const both = await bundleOf(us, here);
    const { registries } = parseBundle(new Uint8Array(both));
    expect(registries.map(({ jurisdiction }) => jurisdiction)).toEqual(['AU', 'US']);
    const trust = (await us.http().get('/trust.json')).body;
    trust.registries.push(...(await au.http().get('/trust.json')).body.registries);
    const report = await inspectBundle(nodeCrypto, new Uint8Array(both), trust);
    expect(report.checks.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(report.accepted).toBe(true);
  });

  it('judges the imported material by the law on a date', async () => {
    const governing = { date: dateDaysAgo(0), basis: 'contract' };
    const answer = await us
      .http()
      .post('/assessments')
      .send({ bundle: bundle.toString('base64'), governing });
    expect([answer.status, answer.body.type]).toEqual([200, 'LodestoneAssessment']);
  });
});
