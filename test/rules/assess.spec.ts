import type { Assessment, Country, Ruleset } from '#lib/documents';
import { checkDocument } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { assess, assessAll, type AssessmentContext } from '#lib/rules';
import { batch, digest, intake, ndfebMagnet, party, process } from './magnet-facts.js';
import { recycledMagnet, sha256, shipped, smcoMagnet } from './magnet-facts.js';

const THROUGH_2026 = shipped('2024-05');
const FROM_2027 = shipped('2027-01');

const on = (date: string, more: Partial<AssessmentContext> = {}): AssessmentContext => ({
  governing: { date, basis: 'delivery' },
  ...more,
});

function judge(facts: CertificateFacts, ruleset: Ruleset, more: Partial<AssessmentContext> = {}) {
  return assess(sha256, ruleset, facts, on(ruleset.effectiveFrom, more));
}

const verdicts = (facts: CertificateFacts, more: Partial<AssessmentContext> = {}) =>
  [THROUGH_2026, FROM_2027].map((ruleset) => judge(facts, ruleset, more).verdict);

/** The facts with the facility of every process that does the step moved to another country. */
function moved(facts: CertificateFacts, step: string, country: Country): CertificateFacts {
  const processes = facts.processes.map((each) =>
    each.steps.includes(step as never)
      ? { ...each, facility: { ...each.facility, country } }
      : each,
  );
  return { ...facts, processes };
}

/** The facts with what was declared for one intake replaced. */
function withOrigins(
  facts: CertificateFacts,
  name: string,
  change: (intake: CertificateFacts['intakes'][number]) => Partial<typeof intake>,
): CertificateFacts {
  const intakes = facts.intakes.map((each) =>
    each.batch.endsWith(`/${name}`) ? { ...each, ...change(each) } : each,
  );
  return { ...facts, intakes };
}

describe('a magnet whose whole history is shown', () => {
  it('is compliant under both versions when nothing was done in a covered country', () => {
    expect(verdicts(ndfebMagnet())).toEqual(['compliant', 'compliant']);
    expect(verdicts(smcoMagnet())).toEqual(['compliant', 'compliant']);
  });

  it('is non-compliant under both when the alloy was melted in China and magnetised in the US', () => {
    expect(verdicts(moved(ndfebMagnet(), 'cast', 'CN'))).toEqual([
      'non-compliant',
      'non-compliant',
    ]);
  });

  it('is non-compliant when alloy was bought in that was cast in China, whatever followed', () => {
    const alloy = intake(
      'magnetmaker',
      'co',
      'alloy',
      ['Co', 'Sm'],
      [
        ['mine', 'AU'],
        ['separate', 'AU'],
        ['reduce', 'AU'],
        ['cast', 'CN'],
      ],
    );
    const facts = { ...smcoMagnet(), intakes: [alloy] };
    expect(verdicts(facts)).toEqual(['non-compliant', 'non-compliant']);
    const [melting] = judge(facts, THROUGH_2026).clauses;
    expect(melting).toMatchObject({ clause: 'alloy-melting', verdict: 'non-compliant' });
    expect(melting!.because).toContain('casting of the Co and Sm');
    expect(melting!.restsOn).toContain(digest('intake co'));
  });

  it.each(['mine', 'separate', 'reduce'])(
    'passes until 31 December 2026 when only %s was done in China, and not from 1 January 2027',
    (step) => {
      expect(verdicts(moved(ndfebMagnet(), step, 'CN'))).toEqual(['compliant', 'non-compliant']);
    },
  );

  it.each(['KP', 'RU', 'IR'])('fails when a later phase was done in %s', (country) => {
    expect(verdicts(moved(ndfebMagnet(), 'sinter', country))).toEqual([
      'non-compliant',
      'non-compliant',
    ]);
  });

  it('fails when it was coated or diffused in China: every later phase counts', () => {
    const facts = ndfebMagnet();
    const last = facts.processes.at(-1)!;
    const coated = { ...last, steps: [...last.steps, 'coat' as const] };
    expect(
      verdicts(
        moved({ ...facts, processes: [...facts.processes.slice(0, -1), coated] }, 'coat', 'CN'),
      ),
    ).toEqual(['non-compliant', 'non-compliant']);
  });
});

describe('the governing date', () => {
  const chinese = moved(ndfebMagnet(), 'separate', 'CN');

  it('applies the one version through its last day and the other from its first', () => {
    const verdict = (ruleset: Ruleset, date: string) => assess(sha256, ruleset, chinese, on(date));
    expect(verdict(THROUGH_2026, '2026-12-31')).toMatchObject({
      applies: true,
      verdict: 'compliant',
    });
    expect(verdict(THROUGH_2026, '2027-01-01')).toMatchObject({ applies: false, clauses: [] });
    expect(verdict(FROM_2027, '2026-12-31')).toMatchObject({
      applies: false,
      verdict: 'indeterminate',
    });
    expect(verdict(FROM_2027, '2027-01-01')).toMatchObject({ verdict: 'non-compliant' });
    expect(verdict(FROM_2027, '2026-12-31').notes[0]).toMatch(/^ruleset-not-in-force/);
  });

  it('gives no verdict on a date of another kind than the one that governs', () => {
    const result = assess(sha256, FROM_2027, chinese, {
      governing: { date: '2027-06-01', basis: 'contract' },
    });
    expect(result).toMatchObject({ applies: false, verdict: 'indeterminate' });
    expect(result.notes[0]).toMatch(/^basis-mismatch/);
  });
});

describe('what nobody shows', () => {
  const unknownBoron = withOrigins(ndfebMagnet(), 'ferroboron', () => ({
    origins: [],
    supplier: party('boronsupplier'),
  }));

  it('is indeterminate from 2027 when the boron has no origin, and names who can close the gap', () => {
    expect(verdicts(unknownBoron)).toEqual(['compliant', 'indeterminate']);
    const clause = judge(unknownBoron, FROM_2027).clauses[0]!;
    expect(clause.because).toContain('B and Fe');
    expect(new Set(clause.closing.map((closing) => closing.party))).toEqual(
      new Set([party('boronsupplier'), party('alloymaker')]),
    );
    expect(clause.closing[0]).toMatchObject({ batch: batch('alloymaker', 'ferroboron') });
  });

  it('becomes compliant once the boron is declared', () => {
    const declared = withOrigins(unknownBoron, 'ferroboron', () => ({
      origins: ndfebMagnet().intakes[1]!.origins,
    }));
    expect(verdicts(declared)).toEqual(['compliant', 'compliant']);
  });

  it('is not hidden by a second source of the same element whose origin is known', () => {
    const facts = ndfebMagnet();
    const second = intake('alloymaker', 'iron-b', 'metal', ['Fe'], []);
    const processes = facts.processes.map((each) =>
      each.steps.includes('cast') ? { ...each, inputs: [...each.inputs, second.batch] } : each,
    );
    const both = { ...facts, processes, intakes: [...facts.intakes, second] };
    expect(verdicts(both)).toEqual(['compliant', 'indeterminate']);
    expect(judge(both, FROM_2027).clauses[0]!.because).toContain(second.batch);
  });

  it('is indeterminate when an element of the magnet has no source at all', () => {
    const facts = withOrigins(ndfebMagnet(), 'ferroboron', () => ({ elements: [] }));
    expect(judge(facts, FROM_2027).clauses[0]).toMatchObject({
      verdict: 'indeterminate',
      because: expect.stringContaining('No source in the record carries the B'),
    });
  });

  it('is indeterminate when an intake of scrap has no origin, even if it is all melted again', () => {
    const facts = { ...recycledMagnet(), recycled: [] };
    expect(verdicts(facts)).toEqual(['indeterminate', 'indeterminate']);
    const remelted = moved(facts, 'none', 'US');
    remelted.processes[0]!.steps = ['recycle', 'separate', 'reduce', 'cast', 'mill'];
    expect(verdicts(remelted)).toEqual(['indeterminate', 'indeterminate']);
  });

  it('is indeterminate when the making of a batch in the chain is missing', () => {
    const facts = ndfebMagnet();
    const processes = facts.processes.filter(({ steps }) => !steps.includes('reduce'));
    const clause = judge({ ...facts, processes }, FROM_2027).clauses[0]!;
    expect(clause.verdict).toBe('indeterminate');
    expect(clause.because).toContain(`Nothing shows how batch ${batch('metalmaker', 'metal')}`);
  });

  it('is indeterminate when a phase is recorded by nobody', () => {
    const facts = ndfebMagnet();
    facts.processes.at(-1)!.steps = ['machine'];
    expect(verdicts(facts)).toEqual(['indeterminate', 'indeterminate']);
    expect(judge(facts, THROUGH_2026).clauses[1]).toMatchObject({
      because: expect.stringContaining('No record shows magnetisation'),
      closing: [{ party: party('magnetmaker') }],
    });
  });

  it('is indeterminate when the composition leaves boron unsaid', () => {
    const facts = ndfebMagnet();
    const composition = facts.composition.filter(({ substance }) => substance !== 'B');
    const result = judge({ ...facts, composition }, FROM_2027);
    expect(result).toMatchObject({ applies: true, verdict: 'indeterminate' });
    expect(result.clauses[0]!.because).toContain('does not state B');
  });
});

describe('evidence of one thing', () => {
  it('does not speak for another element of the same intake', () => {
    const facts = withOrigins(ndfebMagnet(), 'ferroboron', ({ origins }) => ({
      origins: origins.map((origin) => ({ ...origin, elements: ['Fe' as const] })),
    }));
    const clause = judge(facts, FROM_2027).clauses[0]!;
    expect(clause.verdict).toBe('indeterminate');
    expect(clause.because).toContain(`mining of the B in ${batch('alloymaker', 'ferroboron')}`);
  });

  it('does not speak for an element that did not go through the process', () => {
    const facts = ndfebMagnet();
    facts.processes[1]!.elements = ['Nd'];
    expect(judge(facts, FROM_2027).clauses[0]).toMatchObject({
      verdict: 'indeterminate',
      because: `No record shows separation of the Pr from ${batch('miner', 'ore')}.`,
    });
  });

  it('does not speak for a batch that never came into this one', () => {
    const facts = ndfebMagnet();
    const stray = intake(
      'alloymaker',
      'stray',
      'metal',
      ['Fe'],
      [
        ['mine', 'US'],
        ['reduce', 'US'],
      ],
    );
    const result = judge({ ...facts, intakes: [...facts.intakes, stray] }, FROM_2027);
    expect(result.clauses[0]).toMatchObject({
      verdict: 'indeterminate',
      because: `Nothing shows how ${stray.batch} came into this batch.`,
    });
  });

  it('does not suffice when a declared origin is less assured than the acceptor asks', () => {
    const facts = ndfebMagnet();
    for (const each of facts.processes) each.assurance.level = 'accredited-third-party';
    const parameters = { minimumAssurance: 'counterparty-confirmed' as const };
    expect(verdicts(facts, { parameters })).toEqual(['compliant', 'indeterminate']);
    for (const { origins } of facts.intakes)
      for (const origin of origins) origin.assurance.level = 'counterparty-confirmed';
    expect(verdicts(facts, { parameters })).toEqual(['compliant', 'compliant']);
  });
});

describe('a step in a covered country', () => {
  it('counts also where the composition names nothing that went through it', () => {
    const facts = moved(ndfebMagnet(), 'cast', 'CN');
    for (const each of facts.processes) if (each.steps.includes('cast')) each.elements = [];
    expect(verdicts(facts)).toEqual(['non-compliant', 'non-compliant']);
  });

  it('decides alone: no gap is offered for closing, since closing it would change nothing', () => {
    const facts = withOrigins(moved(ndfebMagnet(), 'mine', 'CN'), 'iron', () => ({ origins: [] }));
    expect(judge(facts, FROM_2027).clauses[0]).toMatchObject({
      verdict: 'non-compliant',
      because: expect.not.stringContaining('not shown'),
      closing: [],
    });
  });
});

describe('a composition that leaves most of something unsaid', () => {
  it('is not judged compliant: what is unsaid may come from anywhere', () => {
    const facts = ndfebMagnet();
    const composition = facts.composition.filter(({ substance }) => substance !== 'Nd');
    expect(verdicts({ ...facts, composition })).toEqual(['indeterminate', 'indeterminate']);
    expect(judge({ ...facts, composition }, FROM_2027).clauses[0]!.because).toContain(
      'less than 85 % of the magnet',
    );
  });

  it('is suspected of nothing by a ruleset that sets no minimum', () => {
    const { statedPercentMinimum: _none, ...parameters } = FROM_2027.parameters;
    const facts = ndfebMagnet();
    const composition = facts.composition.filter(({ substance }) => substance !== 'Nd');
    const lenient = { ...FROM_2027, parameters };
    expect(judge({ ...facts, composition }, lenient).verdict).toBe('compliant');
  });
});

describe('elements that are added late', () => {
  function diffused(...origins: [never, Country][]): CertificateFacts {
    const facts = ndfebMagnet();
    const terbium = intake('magnetmaker', 'terbium', 'metal', ['Tb'], origins);
    const last = facts.processes.at(-1)!;
    last.inputs = [...last.inputs, terbium.batch];
    last.steps = ['machine', 'diffuse', 'magnetise'];
    last.elements = [...last.elements, 'Tb'];
    const composition = [...facts.composition, { substance: 'Tb', percent: '0.5' }];
    return { ...facts, composition, intakes: [...facts.intakes, terbium] };
  }
  const known = [
    ['mine', 'AU'],
    ['separate', 'MY'],
    ['reduce', 'US'],
  ] as [never, Country][];

  it('need an origin of their own, but were never melted or sintered with the rest', () => {
    expect(verdicts(diffused(...known))).toEqual(['compliant', 'compliant']);
    expect(verdicts(diffused())).toEqual(['compliant', 'indeterminate']);
  });

  it('are left aside when the acceptor asks only for what the law names', () => {
    const parameters = { constituents: 'named-in-law' as const };
    expect(verdicts(diffused(), { parameters })).toEqual(['compliant', 'compliant']);
  });
});

describe('material that is not a magnet yet', () => {
  const oxide = (country: Country): CertificateFacts => {
    const facts = moved(ndfebMagnet(), 'separate', country);
    const composition = [
      { substance: 'Nd2O3', percent: '75' },
      { substance: 'Pr6O11', percent: '24.5' },
    ];
    const id = batch('oxidemaker', 'oxide');
    const none = { intakes: [], handovers: [], imports: [] };
    return {
      ...facts,
      ...none,
      id,
      form: 'oxide',
      composition,
      processes: facts.processes.slice(0, 2),
    };
  };

  it('is judged by what is known so far, and is never compliant yet', () => {
    expect(verdicts(oxide('AU'))).toEqual(['indeterminate', 'indeterminate']);
    expect(verdicts(oxide('CN'))).toEqual(['indeterminate', 'non-compliant']);
    expect(judge(oxide('AU'), FROM_2027).clauses[0]!.because).toContain('not yet a magnet');
  });

  it('is judged for every covered magnet that it may become', () => {
    const facts = oxide('CN');
    facts.composition = [{ substance: 'Dy2O3', percent: '99.5' }];
    for (const each of facts.processes) each.elements = ['Dy'];
    const clauses = judge(facts, FROM_2027).clauses.map(({ clause, verdict }) => [clause, verdict]);
    expect(clauses).toContainEqual(['ndfeb-whole-chain', 'non-compliant']);
    expect(clauses).toContainEqual(['smco-whole-chain', 'non-compliant']);
  });

  it('is outside the ruleset when it is another kind of magnet', () => {
    const alnico = { ...ndfebMagnet(), composition: [{ substance: 'Al', percent: '10' }] };
    const result = judge(alnico, FROM_2027);
    expect(result).toMatchObject({ applies: false, verdict: 'indeterminate', clauses: [] });
    expect(result.notes[0]).toMatch(/^not-covered/);
  });
});

describe('the custody model', () => {
  const held = (custodyModel: CertificateFacts['custodyModel'], facts = ndfebMagnet()) => ({
    ...facts,
    custodyModel,
  });

  it('is refused when it does not keep the physical origin', () => {
    expect(verdicts(held('mass-balance'))).toEqual(['non-compliant', 'non-compliant']);
    expect(verdicts(held('book-and-claim'))).toEqual(['non-compliant', 'non-compliant']);
    expect(verdicts(held('identity-preserved'))).toEqual(['compliant', 'compliant']);
  });

  it('lets a controlled blend pass only if every origin in it passes', () => {
    const custody = (facts: CertificateFacts) =>
      judge(facts, FROM_2027).clauses.find(({ clause }) => clause === 'physical-custody')!.verdict;
    expect(custody(held('controlled-blending'))).toBe('compliant');
    const silent = withOrigins(ndfebMagnet(), 'iron', () => ({ origins: [] }));
    expect(custody(held('controlled-blending', silent))).toBe('indeterminate');
    const chinese = moved(ndfebMagnet(), 'mine', 'CN');
    expect(custody(held('controlled-blending', chinese))).toBe('non-compliant');
  });
});

describe('what an acceptor can set', () => {
  it('raises the assurance it asks for, and self-declared facts no longer suffice', () => {
    const parameters = { minimumAssurance: 'counterparty-confirmed' as const };
    expect(verdicts(ndfebMagnet(), { parameters })).toEqual(['indeterminate', 'indeterminate']);
    const closing = judge(ndfebMagnet(), FROM_2027, { parameters }).clauses[0]!.closing;
    expect(closing.map((each) => each.party)).toContain(party('metalmaker'));
  });

  it('does not let poor assurance soften a step in a covered country', () => {
    const parameters = { minimumAssurance: 'accredited-third-party' as const };
    const facts = moved(ndfebMagnet(), 'cast', 'CN');
    expect(verdicts(facts, { parameters })).toEqual(['non-compliant', 'non-compliant']);
  });

  it.each(['HK', 'MO'])('judges %s as China unless the acceptor decides otherwise', (country) => {
    const facts = moved(ndfebMagnet(), 'sinter', country);
    expect(verdicts(facts)).toEqual(['non-compliant', 'non-compliant']);
    expect(judge(facts, THROUGH_2026).clauses[1]!.because).toContain(`${country}, judged as CN`);
    const parameters = { treatAs: [] };
    expect(verdicts(facts, { parameters })).toEqual(['compliant', 'compliant']);
  });
});

describe('the place of the end item', () => {
  const endItem = (country: Country) => ({
    claims: { endItem: { name: 'Actuator 7', country, evidence: digest('end item') } },
  });

  it('is judged as claimed, beside the magnet in it', () => {
    expect(verdicts(ndfebMagnet(), endItem('US'))).toEqual(['compliant', 'compliant']);
    expect(verdicts(ndfebMagnet(), endItem('CN'))).toEqual(['non-compliant', 'non-compliant']);
  });

  it('is the last maker’s when no end item is claimed, and unknown if nobody made it', () => {
    const clause = (facts: CertificateFacts) =>
      judge(facts, THROUGH_2026).clauses.find((each) => each.clause === 'end-item')!.verdict;
    expect(clause(moved(ndfebMagnet(), 'magnetise', 'CN'))).toBe('non-compliant');
    const facts = ndfebMagnet();
    expect(clause({ ...facts, processes: facts.processes.slice(0, -1) })).toBe('indeterminate');
  });

  it('looks through handling: splitting a batch is no manufacture', () => {
    const facts = ndfebMagnet();
    const part = batch('magnetmaker', 'part');
    const split = process('magnetmaker', 'CN', ['split'], [], [facts.id], [part]);
    const result = verdicts({ ...facts, id: part, processes: [...facts.processes, split] });
    expect(result).toEqual(['compliant', 'compliant']);
  });
});

describe('an assessment', () => {
  it('echoes what was asked, claimed and chosen, and matches its schema', () => {
    const { ...facts } = ndfebMagnet();
    const asOf = { origin: 'us.example/log', treeSize: 42, rootHash: digest('root') };
    const certificate = {
      statement: { credentialSubject: { ...facts, asOf } } as never,
      digest: digest('certificate'),
    };
    const claims = {
      contractValue: { amount: '1', currency: 'USD', evidence: digest('contract') },
    };
    const parameters = { constituents: 'all' as const };
    const context = on('2027-01-01', { claims, parameters });
    const assessment: Assessment = assessAll(
      sha256,
      [THROUGH_2026, FROM_2027],
      certificate,
      context,
    );
    expect(checkDocument('Assessment', assessment)).toMatchObject({
      certificate: digest('certificate'),
      governing: context.governing,
      asOf,
      claims,
      parameters,
      results: [{ applies: false }, { applies: true, verdict: 'compliant' }],
    });
  });

  it('says what is pending, unverified and policy in the law it applied', () => {
    const { notes } = judge(ndfebMagnet(), FROM_2027);
    for (const mark of ['Law in motion: ', 'Unverified: ', 'Policy: '])
      expect(notes.some((note) => note.startsWith(mark))).toBe(true);
  });
});
