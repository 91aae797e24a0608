import { inspectStatus, verifyProof } from '#lib/credentials';
import type { BitstringStatusListEntry, Certificate } from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { inspectBundle, parseBundle, type Report } from '#lib/verification';
import { StatusRegister } from '../../apps/registry/src/status/status-register.js';
import {
  bundleOf,
  certify,
  makeOxide,
  type AustralianOxide,
  type Issued,
} from '../support/registry-journey.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;

describe('certificates', () => {
  let au: TestRegistry;
  let made: AustralianOxide;
  let certificate: Issued;
  let stranger: KeySigner;

  const post = async (party: KeySigner, body: object) =>
    au
      .http()
      .post('/certificates')
      .set('authorization', await au.session(party))
      .send(body);
  const trust = async () => (await au.http().get('/trust.json')).body;
  /** The id of the last certificate of a batch. */
  const currentOf = async (batch: string): Promise<string> => {
    const answer = await au
      .http()
      .get(`/batches/${encodeURIComponent(batch)}`)
      .set('authorization', await au.session(made.separator));
    return answer.body.certificate.id;
  };
  const judge = async (bundle: Uint8Array): Promise<Report> =>
    inspectBundle(nodeCrypto, bundle, await trust(), { at: new Date().toISOString() });

  beforeAll(async () => {
    au = await startRegistry();
    made = await makeOxide(au);
    stranger = await au.party('Stranger Ltd', ['processor']);
  });
  afterAll(() => au?.close());

  it('refuses one to the public, to a stranger, and for a batch that does not exist', async () => {
    const open = await au.http().post('/certificates').send({ batch: made.oxide });
    expect([open.status, open.body.type]).toEqual([401, problem('session-required')]);
    const other = await post(stranger, { batch: made.oxide });
    expect([other.status, other.body.type]).toEqual([403, problem('not-mandated')]);
    const none = await post(made.separator, { batch: `${made.separator.did}/batches/none` });
    expect([none.status, none.body.type]).toEqual([404, problem('not-found')]);
    const malformed = await post(made.separator, { batch: 'O-1' });
    expect(malformed.body).toMatchObject({ type: problem('invalid-request'), pointer: '/batch' });
  });

  it('refuses one to a maker who has passed the batch on', async () => {
    const answer = await post(made.miner, { batch: made.concentrate });
    expect(answer.body).toMatchObject({ type: problem('not-mandated'), pointer: '/batch' });
  });

  it('refuses one to an auditor, who reads everything and asks for nothing', async () => {
    const auditor = await au.party('Perth Auditors', ['auditor']);
    const answer = await post(auditor, { batch: made.oxide });
    expect([answer.status, answer.body.type]).toEqual([403, problem('not-mandated')]);
  });

  it('refuses concentrate a certificate', async () => {
    const answer = await post(made.separator, { batch: made.concentrate });
    expect(answer.status).toBe(409);
    expect([problem('not-certifiable'), problem('batch-spent')]).toContain(answer.body.type);
  });

  it('issues facts with their assurance to the holder, signed by the registry', async () => {
    certificate = await certify(au, made.separator, made.oxide);
    const { body } = await au.http().get(`/certificates/${certificate.path}`).expect(200);
    const subject = body.certificate.credentialSubject;
    expect(subject).toMatchObject({ id: made.oxide, form: 'oxide', conformity: 'record' });
    expect(subject.processes).toHaveLength(2);
    expect(subject.compositionAssurance.level).toBe('accredited-third-party');
    expect(body.status).toBe('active');
  });

  it('keeps the mass that its maker blinded from the public, and shows it to the holder', async () => {
    const open = await au.http().get(`/certificates/${certificate.path}`);
    expect(open.body.certificate.credentialSubject.quantity).toEqual({
      blinded: expect.any(String),
    });
    expect(open.body.disclosures).toEqual([]);
    const own = await au
      .http()
      .get(`/certificates/${encodeURIComponent(certificate.id)}`)
      .set('authorization', certificate.authorization);
    expect(own.body.disclosures[0].value).toEqual({ value: '1700', unit: 'KGM', basis: 'net' });
  });

  it('refuses a second live one', async () => {
    const answer = await post(made.separator, { batch: made.oxide });
    expect([answer.status, answer.body.type]).toEqual([409, problem('certificate-live')]);
  });

  it('proves it to a stranger with one file', async () => {
    const report = await judge(await bundleOf(au, certificate));
    const failed = report.checks.filter(({ result }) => result === 'fail');
    expect(failed).toEqual([]);
    expect(report.accepted).toBe(true);
  });

  it('gives the public the file without the secrets, which then cannot prove everything', async () => {
    const bundle = await bundleOf(au, {
      ...certificate,
      authorization: await au.session(stranger),
    });
    expect(parseBundle(bundle).disclosures).toEqual([]);
    const report = await judge(bundle);
    expect(report.checks.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(report.accepted).toBe(false);
  });

  it('checks that file for others', async () => {
    const bundle = await bundleOf(au, certificate);
    const send = (bytes: Buffer) =>
      au
        .http()
        .post('/verifications')
        .set('content-type', 'application/json')
        .send(bytes.toString());
    const good = await send(bundle);
    expect([good.status, good.body.accepted]).toEqual([200, true]);
    const text = bundle.toString().replace(/"disclosures":\[.*?\],/, '"disclosures":[],');
    expect((await send(Buffer.from(text))).body.accepted).toBe(false);
    const nonsense = await send(Buffer.from('[]'));
    expect([nonsense.status, nonsense.body.accepted]).toEqual([200, false]);
  });

  it('is replaced by a later one, and its bit in the status list is raised', async () => {
    const { body } = await au.http().get(`/certificates/${certificate.path}`);
    const [entry] = body.certificate.credentialStatus as BitstringStatusListEntry[];
    const before = JSON.parse((await au.http().get('/status/revocation')).text);
    expect(inspectStatus(before, entry!).status).toBe('clear');
    await verifyProof(nodeCrypto, before, () => Promise.resolve(au.registry.signer.publicKey));
    const answer = await post(made.separator, { batch: made.oxide, supersedes: certificate.id });
    expect(answer.status).toBe(201);
    const after = JSON.parse((await au.http().get('/status/revocation')).text);
    expect(inspectStatus(after, entry!).status).toBe('raised');
    const old = await au.http().get(`/certificates/${certificate.path}`);
    expect(old.body.status).toBe('superseded');
    const bundle = await bundleOf(au, certificate);
    const report = await judge(bundle);
    expect(report.checks.find(({ name }) => name === 'not-revoked')?.result).toBe('fail');
  });

  it('does not replace a certificate of another batch', async () => {
    const supersedes = `${au.registry.identity.did}/certificates/${'0'.repeat(32)}`;
    const answer = await post(made.separator, { batch: made.oxide, supersedes });
    expect(answer.body).toMatchObject({
      type: problem('reference-unknown'),
      pointer: '/supersedes',
    });
  });

  it('says not-found for an id that it never gave, and for a status list that it has not', async () => {
    for (const route of ['', '/bundle']) {
      const answer = await au.http().get(`/certificates/${'0'.repeat(32)}${route}`);
      expect([answer.status, answer.body.type]).toEqual([404, problem('not-found')]);
    }
    const list = await au.http().get('/status/rumour');
    expect(list.body.type).toBe(problem('not-found'));
  });

  it('gives no index of the status list twice, even when two processes choose the same', async () => {
    const first = await au.http().get(`/certificates/${certificate.path}`);
    const indexesIn = ({ body }: { body: { certificate: Certificate } }) =>
      new Set(body.certificate.credentialStatus.map((entry) => Number(entry.statusListIndex)));
    const [taken] = indexesIn(first);
    const other = await startRegistry({ like: au });
    try {
      const choice = jest.spyOn(other.app.get(StatusRegister), 'freeIndex');
      choice.mockResolvedValueOnce(taken!).mockResolvedValueOnce(taken === 4711 ? 4712 : 4711);
      const latest = await currentOf(made.oxide);
      const answer = await other
        .http()
        .post('/certificates')
        .set('authorization', await other.session(made.separator))
        .send({ batch: made.oxide, supersedes: latest });
      expect(answer.status).toBe(201);
      expect(choice).toHaveBeenCalledTimes(2);
      expect([...indexesIn(answer)]).toEqual([taken === 4711 ? 4712 : 4711]);
    } finally {
      await other.stop();
    }
  });
});
