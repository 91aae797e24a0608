import { BUNDLES_AT_ONCE, BundleLimit } from '../../apps/registry/src/bundles/bundle-limit.js';
import {
  bundleOf,
  certify,
  makeOxide,
  type AustralianOxide,
  type Issued,
} from '../support/registry-journey.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;
const DFARS = 'us-dfars-252.225-7052';

describe('rulesets and assessments', () => {
  let au: TestRegistry;
  let made: AustralianOxide;
  let certificate: Issued;
  const assess = (body: object) => au.http().post('/assessments').send(body);
  const contract = (date: string) => ({ date, basis: 'contract' });

  beforeAll(async () => {
    au = await startRegistry();
    made = await makeOxide(au);
    certificate = await certify(au, made.separator, made.oxide);
  });
  afterAll(() => au?.close());

  it('lists the rulesets that came with the program', async () => {
    const { body } = await au.http().get('/rulesets').expect(200);
    expect(body.map(({ id, version }: Record<string, string>) => `${id} ${version}`)).toEqual([
      `${DFARS} 2024-05`,
      `${DFARS} 2027-01`,
    ]);
  });

  it('gives one whole, with its digest', async () => {
    const [listed] = (await au.http().get('/rulesets')).body;
    const { body } = await au.http().get(`/rulesets/${DFARS}/2024-05`).expect(200);
    expect(body).toMatchObject({ digest: listed.digest, source: 'shipped' });
    expect(body.ruleset.clauses.length).toBeGreaterThan(0);
    const none = await au.http().get(`/rulesets/${DFARS}/1999-01`);
    expect([none.status, none.body.type]).toEqual([404, problem('not-found')]);
  });

  it('offers a ruleset that an authority has published here', async () => {
    const { body } = await au.http().get(`/rulesets/${DFARS}/2024-05`);
    const ruleset = { ...body.ruleset, id: 'au-test', version: '1' };
    await au.say(au.authority, 'RulesetPublication', { ruleset });
    const one = await au.http().get('/rulesets/au-test/1').expect(200);
    expect(one.body.source).toBe('published');
  });

  it('assesses a certificate by its id, with the ruleset in force on the date', async () => {
    const answer = await assess({
      certificate: certificate.path,
      governing: contract('2026-11-22'),
      rulesets: [{ id: DFARS }],
    });
    expect(answer.status).toBe(200);
    expect(answer.body.results.map(({ version }: { version: string }) => version)).toEqual([
      '2024-05',
    ]);
    const later = await assess({
      certificate: certificate.id,
      governing: contract('2027-01-01'),
      rulesets: [{ id: DFARS }],
    });
    expect(later.body.results[0].version).toBe('2027-01');
  });

  it('assesses a bundle from anywhere, as base64 or as it is', async () => {
    const bundle = await bundleOf(au, certificate);
    const governing = contract('2026-11-22');
    const encoded = await assess({ bundle: bundle.toString('base64'), governing });
    const plain = await assess({ bundle: JSON.parse(bundle.toString()), governing });
    expect(encoded.status).toBe(200);
    expect(plain.body).toEqual(encoded.body);
  });

  it('does not judge a bundle that does not hold', async () => {
    const bundle = JSON.parse((await bundleOf(au, certificate)).toString());
    bundle.disclosures = [];
    const answer = await assess({ bundle, governing: contract('2026-11-22') });
    expect([answer.status, answer.body.type]).toEqual([422, problem('evidence-rejected')]);
    const nonsense = await assess({ bundle: 'bm9uc2Vuc2U=', governing: contract('2026-11-22') });
    expect(nonsense.body.type).toBe(problem('malformed-bundle'));
  });

  it('refuses a day on which no version was in force', async () => {
    const answer = await assess({
      certificate: certificate.path,
      governing: contract('2001-01-01'),
      rulesets: [{ id: DFARS }],
    });
    expect([answer.status, answer.body.type]).toEqual([409, problem('ruleset-not-in-force')]);
    const every = await assess({
      certificate: certificate.path,
      governing: contract('2001-01-01'),
    });
    expect(every.body.type).toBe(problem('ruleset-not-in-force'));
  });

  it.each([
    [{ governing: contract('2026-11-22') }, '/certificate'],
    [{ certificate: 'x', bundle: {}, governing: contract('2026-11-22') }, '/certificate'],
    [{ certificate: 'x' }, '/governing'],
    [{ certificate: 'x', governing: { date: 'soon', basis: 'contract' } }, '/governing/date'],
    [{ certificate: 'x', governing: contract('2026-11-22'), verdict: 'good' }, '/verdict'],
  ])('points at what is wrong in %j', async (body, pointer) => {
    expect((await assess(body)).body).toMatchObject({
      type: problem('invalid-request'),
      pointer,
    });
  });

  it('turns away what it cannot check in time, and says when to come back', async () => {
    const bundle = await bundleOf(au, certificate);
    const text = bundle.toString('base64');
    const ask = [
      () => au.http().post('/verifications').send(JSON.parse(bundle.toString())),
      () => assess({ bundle: text, governing: contract('2026-11-22') }),
      () => au.http().get(`/certificates/${certificate.path}/bundle`),
    ];
    const limit = au.app.get(BundleLimit);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const held = Array.from({ length: BUNDLES_AT_ONCE }, () => limit.run(() => gate));
    for (const request of ask) {
      const answer = await request();
      expect([answer.status, answer.body.type]).toEqual([429, problem('rate-limited')]);
      expect(answer.headers['retry-after']).toBe('2');
    }
    letGo();
    await Promise.all(held);
    for (const request of ask) expect((await request()).status).toBe(200);
  });
});
