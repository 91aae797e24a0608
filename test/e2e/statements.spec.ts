import { signDocument } from '#lib/credentials';
import { canonicalBytes } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf, type KeySigner } from '#lib/keys';
import { daysAgo, startRegistry, submission, type TestRegistry } from '../support/registry.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

describe('POST /statements', () => {
  let au: TestRegistry;
  let miner: KeySigner;
  const problem = (name: string) => `urn:lodestone:problem:${name}`;
  const mine = (id: string) => ({
    id: `${miner.did}/facilities/${id}`,
    name: 'Laverton pit',
    country: 'AU',
    location: { latitude: '-28.86', longitude: '122.54' },
    licensedSteps: ['mine', 'beneficiate'],
    capacity: [],
  });
  const dig = (facility: string, batch: string, value = '20') => ({
    facility: `${miner.did}/facilities/${facility}`,
    steps: ['mine', 'beneficiate'],
    start: daysAgo(20),
    end: daysAgo(10),
    inputs: [],
    outputs: [
      {
        id: `${miner.did}/batches/${batch}`,
        lot: batch,
        form: 'concentrate',
        quantity: { value, unit: 'TNE', basis: 'net' },
        composition: [{ substance: 'Nd2O3', percent: '15' }],
        custodyModel: 'segregated',
      },
    ],
    losses: [],
  });

  beforeAll(async () => {
    au = await startRegistry();
    miner = await au.party('Wandarra Mining', ['processor']);
    await au.say(miner, 'FacilityRegistration', mine('pit'), { with: [au.authority] });
  });
  afterAll(() => au?.close());

  it('answers the first time with 201 and a receipt, and again with 200 and the same one', async () => {
    const body = await submission(miner, 'MakeEvent', dig('pit', 'C-1'), {
      blind: ['outputs/0/lot'],
    });
    const first = await au.submit(body);
    expect([first.status, first.body.origin]).toEqual([201, 'au.registry.example/log']);
    const again = await au.submit(body);
    expect([again.status, again.body]).toEqual([200, first.body]);
  });

  it('gives one entry to the same bytes sent many times at once', async () => {
    const body = await submission(miner, 'MakeEvent', dig('pit', 'C-2'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => au.submit(body)));
    expect(new Set(answers.map((answer) => answer.body.index)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('names the entry that stands in the way of the same payload under other bytes', async () => {
    const subject = dig('pit', 'C-3');
    const created = daysAgo(1);
    const first = await submission(miner, 'MakeEvent', subject, { created });
    const { body: receipt } = await au.submit(first);
    const { proof: _proof, ...unsigned } = JSON.parse(Buffer.from(first).toString()).statement;
    const statement = await signDocument(nodeCrypto.sha256, unsigned, miner, {
      created: daysAgo(0),
    });
    const answer = await au.submit(canonicalBytes({ disclosures: [], statement }));
    expect([answer.status, answer.body.type]).toEqual([409, problem('identity-conflict')]);
    expect(answer.body.index).toBe(receipt.index);
  });

  it.each([
    ['{', 'malformed-json', 400],
    ['{"statement":{},"statement":{}}', 'malformed-json', 400],
    ['{"statement":{}, "disclosures":[]}', 'not-canonical', 400],
    ['{"disclosures":[],"statement":{}}', 'schema-violation', 400],
  ])('refuses %s as %s', async (text, name, status) => {
    const answer = await au.submit(Buffer.from(text));
    expect([answer.status, answer.body.type]).toEqual([status, problem(name)]);
    expect(answer.type).toBe('application/problem+json');
  });

  it('refuses an event over 64 KiB, and one whose media type is not JSON', async () => {
    const text = Buffer.from(await submission(miner, 'MakeEvent', dig('pit', 'C-4'))).toString();
    const { statement } = JSON.parse(text);
    const disclosures = Array.from({ length: 700 }, (_, i) => ({
      salt: String(i).padStart(22, 'A'),
      value: 'a value that opens nothing, and takes its room all the same',
    }));
    const answer = await au.submit(canonicalBytes({ disclosures, statement }));
    expect([answer.status, answer.body.type]).toEqual([413, problem('too-large')]);
    const other = await au.http().post('/statements').set('content-type', 'text/plain').send(text);
    expect([other.status, other.body.type]).toEqual([415, problem('unsupported-media-type')]);
  });

  it('points at the field that breaks its schema', async () => {
    const wrong = { ...dig('pit', 'C-5'), steps: ['alchemy'] };
    const answer = await au.submit(await submission(miner, 'MakeEvent', wrong));
    expect(answer.body).toMatchObject({
      type: problem('schema-violation'),
      pointer: '/credentialSubject/steps/0',
    });
  });

  it('refuses a blinded value that nothing opens, and a disclosure that opens nothing', async () => {
    const options = { blind: ['outputs/0/lot'] };
    const body = await submission(miner, 'MakeEvent', dig('pit', 'C-6'), options);
    const { statement, disclosures } = JSON.parse(Buffer.from(body).toString());
    const shut = await au.submit(canonicalBytes({ disclosures: [], statement }));
    expect(shut.body.type).toBe(problem('disclosure-missing'));
    disclosures[0].value = 'C-7';
    const other = await au.submit(canonicalBytes({ disclosures, statement }));
    expect(other.body.type).toBe(problem('disclosure-mismatch'));
  });

  it('refuses a statement that was changed after it was signed', async () => {
    const body = await submission(miner, 'MakeEvent', dig('pit', 'C-8'));
    const changed = Buffer.from(body).toString().replace('"value":"20"', '"value":"21"');
    const answer = await au.submit(Buffer.from(changed));
    expect([answer.status, answer.body.type]).toEqual([422, problem('proof-invalid')]);
    expect(answer.body.pointer).toMatch(/^\/proof/);
  });

  it('refuses what the rules of its type refuse, in their own words', async () => {
    const stranger = signerOf(generateKey());
    const unknown = await au.submit(await submission(stranger, 'MakeEvent', dig('pit', 'C-9')));
    expect([unknown.status, unknown.body.type]).toEqual([403, problem('party-unknown')]);
    const again = await au.submit(await submission(miner, 'MakeEvent', dig('pit', 'C-1', '19')));
    expect(again.status).toBe(409);
    expect(again.body.remedy).toBeTruthy();
  });

  it('refuses a second genesis', async () => {
    const { did, origin, vkey } = au.registry.identity;
    const subject = {
      id: did,
      name: 'Another',
      jurisdiction: 'AU',
      origin,
      logKey: vkey,
      keys: [au.registry.signer.publicKeyMultibase],
      authority: miner.did,
      yieldBands: [],
    };
    const answer = await au.submit(
      await submission(au.registry.signer, 'RegistryGenesis', subject),
    );
    expect([answer.status, answer.body.type]).toEqual([409, problem('already-registered')]);
  });

  it('records once what was sent while the database was away, and sent again', async () => {
    const proxy = await startTcpProxy(au.database.url);
    const behind = await startRegistry({ like: au, databaseUrl: proxy.url });
    const body = await submission(miner, 'MakeEvent', dig('pit', 'C-10'));
    await proxy.close();
    const away = await behind.submit(body);
    expect([away.status, away.body.type]).toEqual([503, problem('database-unavailable')]);
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
    const ready = await behind.http().get('/health/ready');
    expect([ready.status, ready.body.type]).toEqual([503, problem('database-unavailable')]);
    await behind.stop();
    expect((await au.submit(body)).status).toBe(201);
    expect((await au.submit(body)).status).toBe(200);
  });

  describe('GET /statements/{digest}', () => {
    let digest: string;
    let body: Uint8Array;
    beforeAll(async () => {
      body = await submission(miner, 'MakeEvent', dig('pit', 'C-20'), { blind: ['outputs/0/lot'] });
      digest = (await au.submit(body)).body.digest;
    });

    it('gives its issuer the very bytes, opened', async () => {
      const answer = await au
        .http()
        .get(`/statements/${digest}`)
        .set('authorization', await au.session(miner));
      const { statement, disclosures } = answer.body;
      expect(Buffer.from(canonicalBytes({ disclosures, statement }))).toEqual(Buffer.from(body));
      expect(answer.body.receipt.digest).toBe(digest);
    });

    it('refuses it to the public and to another processor', async () => {
      const open = await au.http().get(`/statements/${digest}`);
      expect([open.status, open.body.type]).toEqual([403, problem('not-mandated')]);
      const other = await au.party('Goldfields Separation', ['processor']);
      const answer = await au
        .http()
        .get(`/statements/${digest}`)
        .set('authorization', await au.session(other));
      expect(answer.body.type).toBe(problem('not-mandated'));
    });

    it('shows everybody who is registered, and an auditor everything', async () => {
      const { body: genesis } = await au.http().get('/log/entries/0/proof');
      const open = await au.http().get(`/statements/${genesis.digest}`).expect(200);
      expect(open.body.statement.type[1]).toBe('RegistryGenesis');
      const auditor = await au.party('Perth Auditors', ['auditor']);
      const answer = await au
        .http()
        .get(`/statements/${digest}`)
        .set('authorization', await au.session(auditor));
      expect(answer.body.disclosures).toHaveLength(1);
    });

    it('says not-found for a statement it does not hold', async () => {
      const answer = await au.http().get(`/statements/${'0'.repeat(64)}`);
      expect([answer.status, answer.body.type]).toEqual([404, problem('not-found')]);
      expect((await au.http().get('/statements/xyz')).body.type).toBe(problem('invalid-request'));
    });
  });
});
