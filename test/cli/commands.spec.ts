import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CommandLine, oneLine } from '../support/command-line.js';
import { impersonate } from '../support/imposter.js';
import { startRegistryProcess, type RegistryProcess } from '../support/registry-process.js';
import { lodestone } from '../support/shell.js';

const DID = /^did:key:z6Mk\w+$/;

jest.setTimeout(120_000);

describe('the command line', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-cli-'));
  const file = (name: string) => path.join(folder, name);
  let registry: RegistryProcess;
  const line = new CommandLine(folder, () => registry.url);
  const run = line.run.bind(line);
  const output = line.output.bind(line);

  beforeAll(async () => {
    registry = await startRegistryProcess(folder, { LODESTONE_DOMAIN: 'registry.example' });
  });
  afterAll(async () => {
    await registry?.interrupt();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  describe('keygen', () => {
    it('makes a key that only its owner can read, and says its name', async () => {
      expect((await output(['keygen', 'one.key.json'])).trim()).toMatch(DID);
      expect(fs.statSync(file('one.key.json')).mode & 0o777).toBe(0o600);
      const { did } = oneLine(await output(['keygen', 'two.key.json', '--json']));
      expect(did).toMatch(DID);
    });

    it('never overwrites a key: it may be the only copy', async () => {
      const before = fs.readFileSync(file('one.key.json'), 'utf8');
      const { code, stderr } = await run(['keygen', 'one.key.json']);
      expect(code).toBe(2);
      expect(stderr).toBe('one.key.json exists; keys are never overwritten.\n');
      expect(fs.readFileSync(file('one.key.json'), 'utf8')).toBe(before);
    });

    it('leaves a key that others can read unused', async () => {
      fs.writeFileSync(file('open.key.json'), fs.readFileSync(file('one.key.json')), {
        mode: 0o644,
      });
      const { code, stderr } = await run(['sign', '--key', 'open.key.json'], '{}');
      expect(code).toBe(2);
      expect(stderr).toContain('open.key.json');
    });
  });

  describe('from draft to acceptance', () => {
    const mass = { value: '100', unit: 'KGM', basis: 'net' };
    let smelter: string;
    let batch: string;
    let certificate: string;

    it('blinds a secret, signs, submits, and gets the same receipt twice', async () => {
      smelter = await line.admit('smelter', 'processor');
      batch = `${smelter}/batches/M-1`;
      await line.say('smelter', 'FacilityRegistration', {
        id: `${smelter}/facilities/works`,
        name: 'Works',
        country: 'AU',
        location: { latitude: '-30.78', longitude: '121.47' },
        licensedSteps: ['reduce'],
        capacity: [],
      });
      const { signed, receipt } = await line.say(
        'smelter',
        'Intake',
        {
          id: batch,
          lot: 'a secret lot',
          form: 'metal',
          quantity: mass,
          composition: [{ substance: 'Nd', percent: '99' }],
          custodyModel: 'segregated',
          facility: `${smelter}/facilities/works`,
          receivedAt: '2026-01-02T09:00:00Z',
          source: 'bought-in',
          origins: [],
          evidence: [],
        },
        '--blind',
        '/credentialSubject/lot',
      );
      const { statement, disclosures } = JSON.parse(signed);
      expect(statement.credentialSubject.lot).toEqual({
        blinded: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(disclosures).toEqual([
        { salt: expect.stringMatching(/^[\w-]{22}$/), value: 'a secret lot' },
      ]);
      expect(oneLine(await output(['submit', '--json'], signed))).toEqual(receipt);
    });

    it('opens what is blinded only for who is entitled, in a bundle that verifies', async () => {
      const issued = oneLine(
        await output(['certify', batch, '--key', 'smelter.key.json', '--json']),
      );
      certificate = issued.certificate.id;
      await output(['bundle', certificate, '--out', 'closed.json']);
      await output(['bundle', certificate, '--key', 'smelter.key.json', '--out', 'open.json']);
      expect(fs.readFileSync(file('closed.json'), 'utf8')).not.toContain('a secret lot');
      expect(fs.readFileSync(file('open.json'), 'utf8')).toContain('a secret lot');
      await output(['trust', registry.url]);
      const report = oneLine(
        await output(['verify', 'open.json', '--trust', 'trust.json', '--json']),
      );
      expect(report).toMatchObject({ accepted: true });
      expect(await output(['tree', 'open.json'])).toBe('M-1  taken in: Nd metal; origin unknown\n');
      expect(oneLine(await output(['tree', 'open.json', '--json'])).id).toBe(batch);
    });

    it('is assessed at a desk as at the registry, and accepted by the buyer who holds it', async () => {
      const buyer = await line.admit('buyer', 'buyer');
      const { receipt } = await line.say('smelter', 'HandoverOffer', {
        batch,
        to: buyer,
        quantity: mass,
        transfersTitle: false,
        dispatchedAt: '2026-01-03T09:00:00Z',
        validUntil: `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`,
      });
      const handed = { offer: receipt.digest, batch, answer: 'accepted', quantity: mass };
      await line.say('buyer', 'HandoverAnswer', { ...handed, receivedAt: '2026-01-04T09:00:00Z' });
      const request = ['assess', 'open.json', '--date', '2027-02-15', '--json'];
      const here = await output([...request, '--trust', 'trust.json']);
      expect(oneLine(await output(request))).toEqual(oneLine(here));
      fs.writeFileSync(file('assessment.json'), here);
      const accepted = await output(
        'accept open.json --key buyer.key.json --assessment assessment.json --contract N-42 --line 3'.split(
          ' ',
        ),
      );
      expect(accepted).toMatch(/^recorded {3}registry\.example\/log#\d+ at /);
    });
  });

  describe('when it is refused', () => {
    it('says what, where and what to do, with exit status 1', async () => {
      const draft = await output(
        ['draft', 'Intake', '--key', 'one.key.json', '--subject', '-'],
        '{"id":"x"}',
      );
      const { code, stdout, stderr } = await run(['sign', '--key', 'one.key.json'], draft);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.split('\n')).toEqual([
        expect.stringMatching(/^Does not match its JSON Schema: ./),
        expect.stringMatching(/^ {2}at \/credentialSubject\/./),
        '  → Correct the field that the pointer names.',
        '  urn:lodestone:problem:schema-violation',
        '',
      ]);
    });

    it('gives the registry’s problem document in one line with --json', async () => {
      const { code, stdout, stderr } = await run(['submit', '--json'], '{"a": 1}');
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(oneLine(stdout)).toMatchObject({
        type: expect.stringMatching(/^urn:lodestone:problem:/),
        title: expect.any(String),
        status: 400,
        detail: expect.any(String),
        remedy: expect.any(String),
      });
    });

    it('names the types that there are when it knows none of that name', async () => {
      const { code, stderr } = await run(
        'draft MakeEvnt --key one.key.json --subject -'.split(' '),
      );
      expect(code).toBe(1);
      expect(stderr).toContain('MakeEvent');
    });
  });

  describe('when there is no answer', () => {
    it('says with status 2 that no registry answers, and what to check', async () => {
      const nowhere = 'http://127.0.0.1:9';
      fs.writeFileSync(file('any.json'), '{}');
      const { code, stderr } = await run(['submit', 'any.json', '--registry', nowhere]);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^no registry answers at http:\/\/127\.0\.0\.1:9 \(.+\); start one with `npm start`, or name yours with --registry\n$/,
      );
      const asJson = await run(['submit', 'any.json', '--registry', nowhere, '--json']);
      expect(asJson.code).toBe(2);
      expect(oneLine(asJson.stdout)).toMatchObject({ type: 'about:blank', title: 'No answer' });
    });

    it.each([
      [['submit', 'absent.json'], 'absent.json does not exist.\n'],
      [['sign', 'absent.json', '--key', 'absent.key.json'], 'absent.key.json does not exist.\n'],
      [['verify', 'absent.json', '--trust', 'trust.json'], 'absent.json does not exist.\n'],
      [['submit', '.'], expect.stringContaining('folder')],
    ])('says of %j what is not there', async (args, stderr) => {
      expect(await run(args)).toMatchObject({ code: 2, stderr });
    });

    it('takes a slip in the command for no verdict', async () => {
      for (const args of [['verify', 'open.json'], ['frobnicate'], ['audit', '--what']])
        expect(await run(args)).toMatchObject({ code: 2, stdout: '' });
      expect(await run(['verify', '--help'])).toMatchObject({ code: 0, stderr: '' });
    });
  });

  describe('verify', () => {
    it('tells a bundle that does not hold from a trust file that makes no sense', async () => {
      const altered = fs
        .readFileSync(file('open.json'), 'utf8')
        .replace('a secret lot', 'a public lot');
      fs.writeFileSync(file('altered.json'), altered);
      const refused = await run(['verify', 'altered.json', '--trust', 'trust.json']);
      expect(refused.code).toBe(1);
      expect(refused.stdout).toMatch(/^NOT ACCEPTED\n/);
      const senseless = await run(['verify', 'open.json', '--trust', 'open.json']);
      expect(senseless).toMatchObject({ code: 2, stdout: '' });
      expect(senseless.stderr).toMatch(/^open\.json is no trust file: /);
    });

    it('says once the reason that many checks have in common', async () => {
      const { stdout } = await run(['verify', 'trust.json', '--trust', 'trust.json']);
      expect(stdout.match(/Not told, because/g)).toHaveLength(1);
    });
  });

  describe('trust', () => {
    it('shows the keys to compare, and asks that they be compared', async () => {
      const shown = await output(['trust', registry.url, '--out', 'shown.json']);
      const { registries } = JSON.parse(fs.readFileSync(file('shown.json'), 'utf8'));
      expect(shown).toContain(`log key  ${registries[0].logKey}`);
      expect(shown).toContain('compare each log key');
    });

    it('never replaces a key that is believed by another that a registry shows', async () => {
      const honest = JSON.parse(fs.readFileSync(file('trust.json'), 'utf8'));
      const imposter = await impersonate(honest);
      const { code, stderr } = await run(['trust', imposter.url]);
      await imposter.close();
      expect(code).toBe(2);
      expect(stderr).toContain('two log keys for registry.example/log');
      expect(JSON.parse(fs.readFileSync(file('trust.json'), 'utf8'))).toEqual(honest);
    });

    it('demands witnesses and freshness when it is told to', async () => {
      fs.writeFileSync(file('policy.txt'), 'quorum none\n');
      const args = ['--policy', 'policy.txt', '--maximum-age', '3600', '--out', 'strict.json'];
      const trust = oneLine(await output(['trust', registry.url, ...args, '--json']));
      expect(trust).toMatchObject({ witnessPolicy: 'quorum none\n', maximumAgeSeconds: 3600 });
      expect(await run(['trust', registry.url, '--maximum-age', 'soon'])).toMatchObject({
        code: 2,
      });
    });
  });

  it('colours only what a terminal shows', async () => {
    const args = ['verify', 'open.json', '--trust', 'trust.json'];
    expect(await output(args)).not.toContain('\u001B[');
    const coloured = await lodestone(folder, args, { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001B[');
    const plain = await lodestone(folder, args, { env: { FORCE_COLOR: '', NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001B[');
  });

  it('audits and rebuilds in one line of JSON', async () => {
    const sound = { origin: 'registry.example/log', findings: [] };
    expect(oneLine(await output(['audit', '--json']))).toMatchObject(sound);
    expect(
      oneLine(await output(['audit', registry.url, '--trust', 'trust.json', '--json'])),
    ).toMatchObject(sound);
    expect(oneLine(await output(['rebuild', '--json']))).toMatchObject({ origin: sound.origin });
  });
});
