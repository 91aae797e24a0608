import type { Ruleset } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { assess, type Claims } from '#lib/rules';
import { batch, digest, intake, ndfebMagnet, process } from './magnet-facts.js';
import { recycledMagnet, sha256, shipped, smcoMagnet } from './magnet-facts.js';

const THROUGH_2026 = shipped('2024-05');
const FROM_2027 = shipped('2027-01');
const evidence = digest('contract file');

/** The honest magnet, but melted in China: without an exception it is non-compliant. */
function chinese(facts = ndfebMagnet()): CertificateFacts {
  const processes = facts.processes.map((each) =>
    each.steps.includes('cast') ? { ...each, facility: { ...each.facility, country: 'CN' } } : each,
  );
  return { ...facts, processes };
}

function judge(facts: CertificateFacts, claims: Claims = {}, ruleset: Ruleset = FROM_2027) {
  const date = ruleset.effectiveFrom;
  return assess(sha256, ruleset, facts, { governing: { date, basis: 'delivery' }, claims });
}

const endItem = { name: 'Actuator 7', country: 'US', evidence };

describe('an exception that the acceptor claims', () => {
  it.each<[string, string, Claims]>([
    [
      'threshold',
      'a small acquisition',
      { contractValue: { amount: '350000', currency: 'USD', evidence } },
    ],
    ['outside-us', 'use abroad', { use: { acquiredIn: 'DE', usedIn: 'DE', evidence } }],
    [
      'commercial-off-the-shelf',
      'an off-the-shelf end item',
      { endItem, offTheShelf: { coveredMaterialPercent: '3.5', millProduct: false, evidence } },
    ],
    [
      'electronic-device',
      'an electronic device',
      { electronicDevice: { contractSpecifiesOtherwise: false, evidence } },
    ],
    [
      'nonavailability',
      'a determination',
      {
        nonavailability: {
          official: 'Head of the contracting activity',
          materials: ['NdFeB'],
          from: '2026-12-01',
          to: '2027-11-30',
          evidence,
        },
      },
    ],
  ])('%s lifts the clause for %s, and the verdict rests on its evidence', (id, _case, claims) => {
    const result = judge(chinese(), claims);
    expect(result.verdict).toBe('exempt');
    expect(result.clauses[0]).toMatchObject({ verdict: 'exempt', exception: id, closing: [] });
    expect(result.clauses[0]!.restsOn).toContain(evidence);
  });

  it.each<[string, Claims, string]>([
    [
      'the acquisition is one cent above the threshold',
      { contractValue: { amount: '350000.01', currency: 'USD', evidence } },
      'not at or below',
    ],
    [
      'its value is in another currency',
      { contractValue: { amount: '1', currency: 'EUR', evidence } },
      'not at or below',
    ],
    [
      'it is used in the United States',
      { use: { acquiredIn: 'DE', usedIn: 'US', evidence } },
      'both must lie',
    ],
    [
      'half of the off-the-shelf item is covered material',
      { endItem, offTheShelf: { coveredMaterialPercent: '50', millProduct: false, evidence } },
      'under 50 % is asked',
    ],
    [
      'the share of covered material is not stated',
      { endItem, offTheShelf: { millProduct: false, evidence } },
      'is not stated',
    ],
    [
      'the magnet itself is delivered: it is all covered material',
      { offTheShelf: { coveredMaterialPercent: '3', millProduct: false, evidence } },
      '100 % covered-material',
    ],
    [
      'it is a mill product that is not incorporated',
      { endItem, offTheShelf: { coveredMaterialPercent: '3', millProduct: true, evidence } },
      'mill product',
    ],
    [
      'the contract does not except electronic devices',
      { electronicDevice: { contractSpecifiesOtherwise: true, evidence } },
      'not excepted',
    ],
    [
      'the determination had ended',
      {
        nonavailability: {
          official: 'USD(A&S)',
          materials: ['NdFeB'],
          from: '2026-01-01',
          to: '2026-12-31',
          evidence,
        },
      },
      '2027-01-01 governs',
    ],
    [
      'the determination is for another material',
      {
        nonavailability: {
          official: 'USD(A&S)',
          materials: ['SmCo'],
          from: '2026-01-01',
          to: '2027-12-31',
          evidence,
        },
      },
      'does not name NdFeB',
    ],
  ])('lifts nothing when %s, and the notes say why', (_case, claims, reason) => {
    const result = judge(chinese(), claims);
    expect(result.verdict).toBe('non-compliant');
    expect(
      result.notes.some((note) => note.startsWith('Not relied on') && note.includes(reason)),
    ).toBe(true);
  });

  it('asks of an off-the-shelf item until the end of 2026 only that it is not half tungsten', () => {
    const offTheShelf = (tungstenPercent?: string) => ({
      offTheShelf: { tungstenPercent, coveredMaterialPercent: '90', millProduct: true, evidence },
    });
    expect(judge(chinese(), offTheShelf('0'), THROUGH_2026).verdict).toBe('exempt');
    expect(judge(chinese(), offTheShelf('50'), THROUGH_2026).verdict).toBe('non-compliant');
    expect(judge(chinese(), offTheShelf(), THROUGH_2026).verdict).toBe('non-compliant');
  });

  it('changes nothing for a clause that the facts alone satisfy', () => {
    const claims = { contractValue: { amount: '1', currency: 'USD', evidence } };
    const result = judge(ndfebMagnet(), claims);
    expect(result.verdict).toBe('compliant');
    expect(result.clauses.every(({ exception }) => exception === undefined)).toBe(true);
  });
});

describe('a national-security waiver', () => {
  const waiver = (change: object = {}): Claims => ({
    endItem,
    waiver: {
      issuer: 'Secretary of Defense',
      endItem: 'Actuator 7',
      materials: ['NdFeB'],
      from: '2026-06-01',
      to: '2029-05-31',
      evidence,
      ...change,
    },
  });

  it('waives what facts forbid, for its end item, its material and its 36 months', () => {
    const result = judge(chinese(), waiver());
    expect(result.verdict).toBe('waived');
    expect(result.clauses[0]).toMatchObject({
      verdict: 'waived',
      exception: 'national-security-waiver',
    });
  });

  it.each<[string, object]>([
    ['is a day longer than 36 months', { to: '2029-06-01' }],
    ['has not begun', { from: '2027-01-02' }],
    ['has ended', { from: '2026-01-01', to: '2026-12-31' }],
    ['is for another end item', { endItem: 'Actuator 8' }],
    ['is for samarium-cobalt', { materials: ['SmCo'] }],
  ])('is not relied on when it %s', (_case, change) => {
    expect(judge(chinese(), waiver(change)).verdict).toBe('non-compliant');
  });
});

describe('the exception for recycled NdFeB', () => {
  it('exempts a magnet of collected scrap that was milled and sintered in the United States', () => {
    for (const ruleset of [THROUGH_2026, FROM_2027]) {
      const result = judge(recycledMagnet(), {}, ruleset);
      expect(result.verdict).toBe('exempt');
      expect(result.clauses[0]!.exception).toBe('recycled-ndfeb');
    }
  });

  it.each(['mill', 'sinter'])('does not when the %s step was done elsewhere', (step) => {
    const facts = recycledMagnet();
    const processes = facts.processes.map((each) =>
      each.steps.includes(step as never)
        ? { ...each, facility: { ...each.facility, country: 'JP' } }
        : each,
    );
    expect(judge({ ...facts, processes }).verdict).toBe('indeterminate');
  });

  it('does not when some of the neodymium is not recycled', () => {
    const facts = recycledMagnet();
    const [neodymium, ...others] = facts.recycled;
    const recycled = [{ ...neodymium!, postConsumer: '99.999999' }, ...others];
    expect(judge({ ...facts, recycled }).verdict).toBe('indeterminate');
  });

  it('adds what was recycled before and after use', () => {
    const facts = recycledMagnet();
    const recycled = facts.recycled.map((share) => ({
      ...share,
      preConsumer: '33.4',
      postConsumer: '66.6',
    }));
    expect(judge({ ...facts, recycled }).verdict).toBe('exempt');
  });

  it('does not when the milled material is not the recycled one', () => {
    const facts = recycledMagnet();
    const intakes = facts.intakes.map((each) => ({
      ...each,
      source: 'bought-in' as const,
      recycled: [],
    }));
    expect(judge({ ...facts, intakes }).verdict).toBe('indeterminate');
  });

  it('does not when milling is less assured than the acceptor asks', () => {
    const result = assess(sha256, FROM_2027, recycledMagnet(), {
      governing: { date: '2027-01-01', basis: 'delivery' },
      parameters: { minimumAssurance: 'accredited-third-party' },
    });
    expect(result.verdict).toBe('indeterminate');
  });

  it('has no counterpart for samarium-cobalt, whose recycled feedstock must be shown', () => {
    const scrap = intake('magnetmaker', 'scrap', 'scrap', ['Co', 'Sm'], []);
    const magnets = batch('magnetmaker', 'magnets');
    const recycled = (['Co', 'Sm'] as const).map((element) => ({
      element,
      preConsumer: '0',
      postConsumer: '100',
    }));
    const facts: CertificateFacts = {
      ...smcoMagnet(),
      processes: [
        process(
          'magnetmaker',
          'US',
          ['recycle', 'mill', 'sinter', 'magnetise'],
          ['Co', 'Sm'],
          [scrap.batch],
          [magnets],
        ),
      ],
      intakes: [{ ...scrap, recycled }],
      recycled,
    };
    expect(judge(facts).verdict).toBe('indeterminate');
    expect(judge(facts, {}, THROUGH_2026).verdict).toBe('indeterminate');
  });
});
