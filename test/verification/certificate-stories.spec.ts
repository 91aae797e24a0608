import { nodeCrypto, type KeySigner } from '#lib/keys';
import { formatBundle, inspectBundle, type Report } from '#lib/verification';
import {
  bundleOf,
  certify,
  journey,
  magnetBundle,
  trustOf,
  type Evidence,
} from '../support/evidence.js';
import { edited, positionOf } from '../support/bundle-editing.js';
import { australianOxide } from '../support/journey.js';
import { ago, composition, make, mass } from '../support/material-steps.js';
import { aKey } from '../support/memory-keys.js';
import { MemoryLog, type LogRecord } from '../support/memory-log.js';
import { checkNamed, failures, troubles } from '../support/report-reading.js';

const inspect = async (evidence: Evidence): Promise<Report> =>
  inspectBundle(nodeCrypto, await magnetBundle(evidence), trustOf(evidence), {
    at: evidence.us.now,
  });

describe('a certificate that says other than the statements', () => {
  it.each<[string, (subject: Record<string, unknown>) => Record<string, unknown>, string]>([
    ['more mass', (subject) => ({ ...subject, quantity: mass('3500') }), 'quantity/value'],
    ['another alloy', (s) => ({ ...s, composition: composition({ Nd: '30' }) }), 'composition'],
    ['a stronger custody model', (s) => ({ ...s, custodyModel: 'identity-preserved' }), 'custody'],
    ['no import', (subject) => ({ ...subject, imports: [] }), 'imports/0'],
    ['another owner', (subject) => ({ ...subject, owner: subject.custodian }), 'owner'],
  ])('claims %s and is caught field by field', async (_, certificate, field) => {
    const report = await inspect(await journey({ certificate }));
    expect(failures(report)).toEqual(['certificate-says-what-statements-say']);
    const { evidence } = checkNamed(report, 'certificate-says-what-statements-say');
    expect(evidence.join('\n')).toContain(`/credentialSubject/${field}`);
  });
});

describe('a certificate that rests on another tree than the log’s', () => {
  it('is caught when the bundle holds the checkpoint of that size', async () => {
    let early = '';
    const evidence = await journey({
      certificate: (subject, us) => {
        early = us.proof(0);
        return { ...subject, asOf: { ...us.asOf(), rootHash: '00'.repeat(32) } };
      },
    });
    const bytes = edited(await magnetBundle(evidence), (bundle) => {
      bundle.records[positionOf(bundle, 'RegistryGenesis', evidence.us.origin)]!.proof = early;
    });
    const report = await inspectBundle(nodeCrypto, bytes, trustOf(evidence), {
      at: evidence.us.now,
    });
    expect(failures(report)).toEqual(['certificate-says-what-statements-say']);
    expect(checkNamed(report, 'certificate-says-what-statements-say').detail).toMatch(/root/);
  });
});

describe('a registry that does not keep its own rules', () => {
  it('records more oxide than the ore can hold, and decisions-hold names the refusal', async () => {
    const report = await lawless(async (au, { separator, part }) => {
      const works = `${separator.did}/facilities/works`;
      const steps = ['crack', 'separate', 'calcine'];
      return au.say(
        separator,
        'MakeEvent',
        make(au, works, steps, [[part, mass('10', 'TNE')]], {
          ...oxideOf(separator, 'O-2'),
          quantity: mass('2700'),
          lot: 'O 2',
        }),
        { lawless: true },
      );
    });
    expect(failures(report)).toEqual(['decisions-hold']);
    expect(checkNamed(report, 'decisions-hold').detail).toMatch(/element-balance-exceeded/);
  });

  it('records oxide made from nothing, where there is no mine', async () => {
    const report = await lawless((au, { separator }) => {
      const works = `${separator.did}/facilities/works`;
      const product = { ...oxideOf(separator, 'O-2'), lot: 'O 2' };
      const event = make(au, works, ['separate'], [], product);
      return au.say(separator, 'MakeEvent', event, { lawless: true });
    });
    expect(failures(report)).toEqual(['decisions-hold', 'chain-complete']);
    expect(checkNamed(report, 'chain-complete').detail).toMatch(/from nothing and is no mine/);
  });

  it('records one batch as made twice', async () => {
    const report = await lawless(async (au, { separator }) => {
      const intake = intakeOf(au, separator);
      await au.say(separator, 'Intake', { ...intake, lot: 'first' });
      return au.say(separator, 'Intake', { ...intake, lot: 'second' }, { lawless: true });
    });
    expect(failures(report)).toEqual(['decisions-hold', 'chain-complete']);
    expect(checkNamed(report, 'chain-complete').detail).toMatch(/make the same batch/);
  });

  it('spends a lot twice: no bundle shows what became of the rest, and the check says so', async () => {
    const report = await lawless((au, { separator, part }) => {
      const works = `${separator.did}/facilities/works`;
      const steps = ['crack', 'separate', 'calcine'];
      const product = { ...oxideOf(separator, 'O-2'), lot: 'O 2' };
      const event = make(au, works, steps, [[part, mass('10', 'TNE')]], product);
      return au.say(separator, 'MakeEvent', event, { lawless: true });
    });
    const { result, detail } = checkNamed(report, 'decisions-hold');
    expect(result).toBe('pass');
    expect(detail).toMatch(/What others drew .* is not in the bundle: an audit/);
  });

  it('records under a key that no party has, and signer-authorised says so', async () => {
    const report = await lawless((au, { separator }) =>
      au.say(separator, 'Intake', intakeOf(au, separator), { as: aKey(), lawless: true }),
    );
    expect(failures(report)).toEqual(['signer-authorised']);
    expect(checkNamed(report, 'signer-authorised').detail).toMatch(/key-not-valid/);
    expect(troubles(report)['decisions-hold']).toBe('cannot-tell');
  });

  /** An Australian log whose second oxide is recorded against the rules, and certified. */
  async function lawless(
    record: (au: MemoryLog, cast: { separator: KeySigner; part: string }) => Promise<LogRecord>,
  ): Promise<Report> {
    const au = new MemoryLog('AU', 'registry.au.example', '2026-03-01T00:00:00.000Z');
    const cast = await australianOxide(au);
    au.later(5);
    await record(au, cast);
    const certificate = await certify(au, `${cast.separator.did}/batches/O-2`);
    const bytes = formatBundle(await bundleOf(au, certificate));
    const trust = { type: 'LodestoneTrust', version: 1, registries: [au.trusted] } as const;
    return inspectBundle(nodeCrypto, bytes, { ...trust, registries: [au.trusted] });
  }

  const intakeOf = (au: MemoryLog, holder: KeySigner) => ({
    ...oxideOf(holder, 'O-2'),
    lot: 'bought',
    facility: `${holder.did}/facilities/works`,
    receivedAt: ago(au, 0),
    source: 'bought-in',
    origins: [],
    evidence: [],
  });

  const oxideOf = (holder: KeySigner, name: string) => ({
    id: `${holder.did}/batches/${name}`,
    form: 'oxide',
    quantity: mass('1700'),
    composition: composition({ Nd2O3: '75', Pr6O11: '20' }),
    custodyModel: 'identity-preserved',
  });
});

describe('what happened after the certificate', () => {
  let evidence: Evidence;

  beforeEach(async () => {
    evidence = await journey();
  });

  const change = (
    log: MemoryLog,
    by: KeySigner,
    kind: string,
    id: string,
    action: string,
    effectiveFrom = ago(log, 0),
  ) =>
    log.say(by, 'StatusChange', {
      target: { kind, id },
      action,
      reason: 'Found wanting',
      effectiveFrom,
    });

  const certificateId = ({ signed }: LogRecord): string => signed.statement.id!;

  it('it is revoked in the log and in the list', async () => {
    const { us, certificates } = evidence;
    await change(us, us.key, 'certificate', certificateId(certificates.magnets), 'revoke');
    us.raised.revocation.add(certificates.magnets.at.index);
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['not-revoked']);
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/Found wanting/);
  });

  it('it is revoked in the list alone', async () => {
    evidence.us.raised.revocation.add(evidence.certificates.magnets.at.index);
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['not-revoked']);
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/is raised at index/);
  });

  it('it is suspended, and stands again once it is reinstated', async () => {
    const { us, certificates } = evidence;
    const id = certificateId(certificates.magnets);
    await change(us, us.key, 'certificate', id, 'suspend');
    expect(failures(await inspect(evidence))).toEqual(['not-suspended']);
    await change(us, us.key, 'certificate', id, 'reinstate');
    expect(troubles(await inspect(evidence))).toEqual({});
  });

  it('another certificate’s bit says nothing of this one', async () => {
    evidence.us.raised.revocation.add(evidence.certificates.magnets.at.index + 1);
    expect(troubles(await inspect(evidence))).toEqual({});
  });

  it('the home certificate, on which the import rests, is revoked abroad', async () => {
    const { au, certificates } = evidence;
    await change(au, au.key, 'certificate', certificateId(certificates.oxide), 'revoke');
    evidence.homeBundle = await bundleOf(au, certificates.oxide);
    expect(failures(await inspect(evidence))).toEqual(['not-revoked']);
  });

  it('an ancestor is recalled', async () => {
    const { us, america, imported } = evidence;
    await change(us, us.authority, 'batch', imported, 'revoke');
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['not-recalled']);
    expect(checkNamed(report, 'not-recalled').detail).toContain(america.metalMaker.did);
  });

  it('a key is found to have been stolen before it signed', async () => {
    const { us, america } = evidence;
    await us.say(us.authority, 'KeyRevocation', {
      id: america.metalMaker.did,
      publicKeyMultibase: america.metalMaker.publicKeyMultibase,
      reason: 'compromised',
      effectiveFrom: ago(us, 20),
    });
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['no-later-revocation']);
    expect(checkNamed(report, 'no-later-revocation').detail).toMatch(/Import|MakeEvent|Facility/);
  });

  it('a key that is revoked from today on takes nothing back', async () => {
    const { us, america } = evidence;
    await us.say(us.authority, 'KeyRevocation', {
      id: america.metalMaker.did,
      publicKeyMultibase: america.metalMaker.publicKeyMultibase,
      reason: 'ceased',
      effectiveFrom: ago(us, 0),
    });
    expect(troubles(await inspect(evidence))).toEqual({});
  });

  it('the laboratory’s accreditation is suspended from before the test', async () => {
    const { au, australia, certificates } = evidence;
    const before = ago(au, 60);
    await change(au, au.authority, 'accreditation', australia.accreditation, 'suspend', before);
    evidence.homeBundle = await bundleOf(au, certificates.oxide);
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['no-later-revocation']);
    expect(checkNamed(report, 'no-later-revocation').detail).toMatch(/^Assay.*suspended from/);
  });

  it('the registry takes a new key, and all that the old one signed still stands', async () => {
    await evidence.us.rotate();
    evidence.us.later(1);
    expect(troubles(await inspect(evidence))).toEqual({});
  });

  it('the registry hides that its key has ended', async () => {
    await evidence.us.rotate();
    delete evidence.us.keys[0]!.expires;
    expect(failures(await inspect(evidence))).toEqual(['registry-did-document']);
  });

  it('the registry signs its status list with a key that had ended', async () => {
    const { us } = evidence;
    const old = us.key;
    await us.rotate();
    us.later(1);
    us.key = old;
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['not-revoked', 'not-suspended']);
    expect(checkNamed(report, 'not-revoked').detail).toMatch(/ended on/);
  });
});
