import { didOf, refusal } from '../support/recording-ledger.js';
import {
  accreditationSubject,
  assaySubject,
  batchId,
  mass,
  NDPR_METAL,
  output,
  statusSubject,
  type Change,
} from '../support/statements.js';
import { Outback, separatorBatch } from './outback.js';

const at = (field: string) => `/credentialSubject/${field}`;

describe('an assay', () => {
  const assay = (ledger: Outback, change: Change = {}, by = 'laboratory') =>
    ledger.say(by, 'Assay', assaySubject(separatorBatch('O-1'), ledger.accreditation, change));

  const withOxide = (): Outback => {
    const ledger = new Outback();
    ledger.oxide();
    return ledger;
  };

  it('that agrees within its uncertainty leaves no flag, and never changes the declaration', () => {
    const ledger = withOxide();
    const before = ledger.batch(separatorBatch('O-1'));
    assay(ledger);
    const { composition, leftMg, flags } = ledger.batch(before.id);
    expect({ composition, leftMg, flags }).toEqual({
      composition: before.composition,
      leftMg: before.leftMg,
      flags: [],
    });
  });

  it('that differs by more, or finds a rare earth nobody declared, flags the batch', () => {
    const ledger = withOxide();
    const constituent = (substance: string, percent: string, uncertainty: string) => ({
      substance,
      percent,
      uncertainty,
    });
    const measured = [
      constituent('Nd2O3', '74.69', '0.3'),
      constituent('Dy2O3', '0.4', '0.05'),
      constituent('Fe2O3', '0.2', '0.01'),
    ];
    assay(ledger, { composition: measured });
    const { flags } = ledger.batch(separatorBatch('O-1'));
    expect(flags).toMatchObject([{ kind: 'assay-mismatch' }]);
    expect(flags[0]!.detail).toMatch(/in Dy, Nd\.$/);
  });

  it('is a laboratory’s, about a batch that exists', () => {
    const ledger = withOxide();
    refusal(() => assay(ledger, {}, 'miner'), 'role-missing', '/issuer');
    const none = { batch: separatorBatch('none') };
    refusal(() => assay(ledger, none), 'reference-unknown', at('batch'));
  });

  it('is refused outside the scope of the accreditation: its methods and its forms', () => {
    const ledger = withOxide();
    const method = { method: 'XRF' };
    refusal(() => assay(ledger, method), 'accreditation-out-of-scope', at('method'));
    const concentrate = { batch: ledger.concentrate() };
    refusal(() => assay(ledger, concentrate), 'accreditation-out-of-scope', at('batch'));
  });

  it('is refused under an accreditation of another, or that nobody gave', () => {
    const ledger = withOxide();
    const theirs = `${didOf('accreditor')}/accreditations/L-2`;
    const given = accreditationSubject(theirs, didOf('miner'));
    ledger.say('accreditor', 'Accreditation', given);
    const cited = at('accreditation');
    refusal(() => assay(ledger, { accreditation: theirs }), 'accreditation-not-valid', cited);
    const unknown = { accreditation: `${theirs}0` };
    refusal(() => assay(ledger, unknown), 'reference-unknown', cited);
  });

  it('is judged by the date of the test, not of the recording', () => {
    const ledger = withOxide();
    ledger.now = '2027-06-01T00:00:00.000Z';
    assay(ledger, { sampledOn: '2026-12-31', testedOn: '2026-12-31' });
    const late = { sampledOn: '2026-12-31', testedOn: '2027-01-01' };
    refusal(() => assay(ledger, late), 'accreditation-not-valid', at('testedOn'));
    const early = { sampledOn: '2025-12-31', testedOn: '2025-12-31' };
    refusal(() => assay(ledger, early), 'accreditation-not-valid', at('testedOn'));
  });

  it('is refused for a test while the accreditation was suspended, also once it is back', () => {
    const ledger = withOxide();
    const change = (action: string, effectiveFrom: string) =>
      ledger.say(
        'accreditor',
        'StatusChange',
        statusSubject('accreditation', ledger.accreditation, action, { effectiveFrom }),
      );
    change('suspend', '2026-03-03T12:00:00Z');
    refusal(() => assay(ledger), 'accreditation-not-valid', at('testedOn'));
    change('reinstate', '2026-03-06T12:00:00Z');
    refusal(() => assay(ledger), 'accreditation-not-valid', at('testedOn'));
    assay(ledger, { testedOn: '2026-03-08' });
    change('revoke', '2026-03-09T12:00:00Z');
    assay(ledger, { testedOn: '2026-03-08', method: 'ICP-OES', sampledOn: '2026-03-07' });
    refusal(
      () => assay(ledger, { testedOn: '2026-03-10' }),
      'accreditation-not-valid',
      at('testedOn'),
    );
  });

  it('is refused in the future, before its sample, or before the batch was made', () => {
    const ledger = withOxide();
    refusal(() => assay(ledger, { testedOn: '2026-03-11' }), 'time-in-future', at('testedOn'));
    refusal(() => assay(ledger, { testedOn: '2026-03-02' }), 'time-out-of-order', at('testedOn'));
    const metal = output(separatorBatch('M-1'), {
      form: 'metal',
      composition: NDPR_METAL,
      quantity: mass('70'),
    });
    ledger.make(['reduce'], [[separatorBatch('O-1'), mass('100')]], [metal]);
    const early = { batch: metal.id, sampledOn: '2026-02-28' };
    refusal(() => assay(ledger, early), 'time-out-of-order', at('sampledOn'));
  });
});

describe('changing a status', () => {
  const change = (
    ledger: Outback,
    by: string,
    kind: string,
    id: string,
    action: string,
    more: Change = {},
  ) => ledger.say(by, 'StatusChange', statusSubject(kind, id, action, more));

  it('is for the issuer of the target or the authority', () => {
    const ledger = new Outback();
    const concentrate = ledger.concentrate();
    refusal(
      () => change(ledger, 'separator', 'batch', concentrate, 'revoke'),
      'not-issuer',
      '/issuer',
    );
    change(ledger, 'miner', 'batch', concentrate, 'suspend');
    change(ledger, 'authority', 'batch', concentrate, 'revoke');
    expect(ledger.batch(concentrate).status).toBe('revoked');
  });

  it('is for the maker of a batch also after it was handed over: a recall reaches it', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    ledger.handOver('separator', 'magnetmaker', oxide, mass('1000'));
    change(ledger, 'separator', 'batch', oxide, 'revoke');
    const use = () => ledger.offer('magnetmaker', 'miner', oxide, mass('1'), LATER);
    refusal(use, 'batch-not-active', at('batch'));
  });

  it('does not let a party lift what the authority suspended', () => {
    const ledger = new Outback();
    change(ledger, 'authority', 'facility', ledger.works, 'suspend');
    const lift = () => change(ledger, 'separator', 'facility', ledger.works, 'reinstate');
    refusal(lift, 'not-issuer', '/issuer');
    change(ledger, 'authority', 'facility', ledger.works, 'reinstate');
    change(ledger, 'separator', 'facility', ledger.works, 'suspend');
    change(ledger, 'separator', 'facility', ledger.works, 'reinstate');
  });

  it('lets the authority of its country act on a facility abroad, and no other', () => {
    const ledger = new Outback();
    const abroad = `${didOf('separator')}/facilities/kuantan`;
    ledger.party('myauthority', ['authority'], { country: 'MY' });
    ledger.say(
      'separator',
      'FacilityRegistration',
      {
        id: abroad,
        name: 'Kuantan',
        country: 'MY',
        location: { latitude: '3.99', longitude: '103.38' },
        licensedSteps: ['separate'],
        capacity: [],
      },
      { by: ['separator', 'myauthority'] },
    );
    change(ledger, 'myauthority', 'facility', abroad, 'suspend');
    const there = () => change(ledger, 'myauthority', 'facility', ledger.works, 'suspend');
    refusal(there, 'not-issuer', '/issuer');
  });

  const TRANSITIONS = [
    ['reinstate what is active', [], 'reinstate'],
    ['suspend what is suspended', ['suspend'], 'suspend'],
    ['reinstate what is recalled', ['revoke'], 'reinstate'],
    ['recall what is recalled', ['revoke'], 'revoke'],
    ['supersede a batch', [], 'supersede'],
  ] as const;

  it.each(TRANSITIONS)('cannot %s', (_, before, action) => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    for (const each of before) change(ledger, 'separator', 'batch', oxide, each);
    const attempt = () => change(ledger, 'separator', 'batch', oxide, action);
    refusal(attempt, 'status-transition-invalid', at('action'));
  });

  it('is refused ahead of time, and a reinstatement before the suspension', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const when = (action: string, effectiveFrom: string) => () =>
      change(ledger, 'separator', 'batch', oxide, action, { effectiveFrom });
    refusal(when('suspend', '2026-03-11T00:00:00Z'), 'time-in-future', at('effectiveFrom'));
    when('suspend', '2026-03-05T00:00:00Z')();
    const early = when('reinstate', '2026-03-04T23:59:59Z');
    refusal(early, 'time-out-of-order', at('effectiveFrom'));
  });

  it('is refused for what the ledger does not hold', () => {
    const none = batchId(didOf('miner'), 'none');
    const attempt = () => change(new Outback(), 'miner', 'batch', none, 'suspend');
    refusal(attempt, 'reference-unknown', at('target/id'));
  });
});

const LATER = { dispatchedAt: '2026-03-05T00:00:00Z' };
