import type { AssuranceLevel, Country } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { assess } from '#lib/rules';
import fc from 'fast-check';
import { ndfebMagnet, recycledMagnet, sha256, shipped, smcoMagnet } from './magnet-facts.js';

const RULESETS = [shipped('2024-05'), shipped('2027-01')];

const verdictsOf = (facts: CertificateFacts) =>
  RULESETS.map((ruleset) =>
    assess(sha256, ruleset, facts, {
      governing: { date: ruleset.effectiveFrom, basis: 'delivery' },
      parameters: { minimumAssurance: 'counterparty-confirmed' },
    }),
  );

const country = fc.constantFrom<Country>('AU', 'US', 'US', 'JP', 'CN', 'HK');
const level = fc.constantFrom<AssuranceLevel>(
  'self-declared',
  'counterparty-confirmed',
  'accredited-third-party',
  'accredited-third-party',
);

/** Honest and dishonest histories: places, assurance and declared origins drawn at random. */
const histories: fc.Arbitrary<CertificateFacts> = fc
  .record({
    facts: fc.constantFrom(ndfebMagnet, smcoMagnet, recycledMagnet).map((make) => make()),
    countries: fc.array(country, { minLength: 16, maxLength: 16 }),
    levels: fc.array(level, { minLength: 16, maxLength: 16 }),
    silent: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    allWell: fc.boolean(),
  })
  .map(({ facts, countries, levels, silent, allWell }) => {
    const place = (index: number) => (allWell ? 'US' : countries[index % 16]!);
    const assured = (index: number) => (allWell ? 'accredited-third-party' : levels[index % 16]!);
    return {
      ...facts,
      processes: facts.processes.map((each, index) => ({
        ...each,
        facility: { ...each.facility, country: place(index) },
        assurance: { ...each.assurance, level: assured(index) },
      })),
      intakes: facts.intakes.map((each, index) => ({
        ...each,
        origins: (silent[index] && !allWell ? [] : each.origins).map((origin, at) => ({
          ...origin,
          country: place(8 + index * 3 + at),
          assurance: { ...origin.assurance, level: assured(8 + index * 3 + at) },
        })),
      })),
    };
  });

/** A rearrangement that says the same: every list in another order. */
function shuffled(facts: CertificateFacts, seed: number): CertificateFacts {
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const mix = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, rank: random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  return {
    ...facts,
    composition: mix(facts.composition),
    recycled: mix(facts.recycled),
    handovers: mix(facts.handovers),
    imports: mix(facts.imports),
    processes: mix(facts.processes).map((each) => ({
      ...each,
      steps: mix(each.steps),
      elements: mix(each.elements),
      inputs: mix(each.inputs),
      outputs: mix(each.outputs),
    })),
    intakes: mix(facts.intakes).map((each) => ({
      ...each,
      elements: mix(each.elements),
      origins: mix(each.origins).map((origin) => ({ ...origin, elements: mix(origin.elements) })),
    })),
  };
}

/** Everything that can be taken away from a history, one piece at a time. */
function withoutOnePiece(facts: CertificateFacts): CertificateFacts[] {
  const without = <T>(items: readonly T[], index: number) => items.filter((_, at) => at !== index);
  return [
    ...facts.processes.map((_, at) => ({ ...facts, processes: without(facts.processes, at) })),
    ...facts.intakes.map((_, at) => ({ ...facts, intakes: without(facts.intakes, at) })),
    ...facts.handovers.map((_, at) => ({ ...facts, handovers: without(facts.handovers, at) })),
    ...facts.imports.map((_, at) => ({ ...facts, imports: without(facts.imports, at) })),
    ...facts.recycled.map((_, at) => ({ ...facts, recycled: without(facts.recycled, at) })),
    ...facts.intakes.flatMap((intake, at) =>
      intake.origins.map((_, nth) => ({
        ...facts,
        intakes: facts.intakes.with(at, { ...intake, origins: without(intake.origins, nth) }),
      })),
    ),
  ];
}

describe('an assessment, over random histories', () => {
  it('is the same whatever order the facts are in', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 1_000_000 }), (facts, seed) => {
        expect(verdictsOf(shuffled(facts, seed))).toEqual(verdictsOf(facts));
      }),
    );
  });

  it('never turns compliant because evidence was taken away', () => {
    fc.assert(
      fc.property(histories, (facts) => {
        const before = verdictsOf(facts);
        for (const less of withoutOnePiece(facts))
          for (const [index, { verdict }] of verdictsOf(less).entries())
            if (before[index]!.verdict !== 'compliant') expect(verdict).not.toBe('compliant');
      }),
    );
  });

  it('is compliant only where every process and origin that it rests on lies outside covered countries', () => {
    let compliant = 0;
    fc.assert(
      fc.property(histories, (facts) => {
        const [, from2027] = verdictsOf(facts);
        if (from2027!.verdict !== 'compliant') return;
        compliant++;
        const places = [
          ...facts.processes.map(({ facility }) => facility.country),
          ...facts.intakes.flatMap(({ origins }) => origins.map((origin) => origin.country)),
        ];
        expect(places).not.toContain('CN');
        expect(places).not.toContain('HK');
      }),
    );
    expect(compliant).toBeGreaterThan(0);
  });

  it('never throws on facts, however poor', () => {
    fc.assert(
      fc.property(
        histories,
        fc.subarray(['processes', 'intakes', 'imports'] as const),
        (facts, gone) => {
          const poor = { ...facts, composition: facts.composition.slice(0, 1) };
          for (const list of gone) poor[list] = [];
          for (const { verdict } of verdictsOf(poor)) expect(verdict).not.toBe('compliant');
        },
      ),
    );
  });
});
