import type { Ruleset } from '#lib/documents';
import { canonicalBytes, checkDocument } from '#lib/documents';
import {
  assess,
  isInForce,
  parseRuleset,
  rulesetDigest,
  selectRuleset,
  verifyRuleset,
} from '#lib/rules';
import { readdirSync, readFileSync } from 'node:fs';
import { refusal } from './ledger-state.js';
import { ndfebMagnet, recycledMagnet, sha256, shipped, smcoMagnet } from './magnet-facts.js';

const PACKS = readdirSync('schemas/rulesets').map((file) => {
  const bytes = new Uint8Array(readFileSync(`schemas/rulesets/${file}`));
  return [file, parseRuleset(bytes)] as const;
});

describe.each(PACKS)('the pack %s', (file, ruleset) => {
  it('matches its schema and is named by its id and version', () => {
    expect(checkDocument('Ruleset', ruleset)).toBe(ruleset);
    expect(file).toBe(`${ruleset.id}.${ruleset.version}.json`);
  });

  it('cites the law for every clause and every exception', () => {
    for (const { citation } of [...ruleset.clauses, ...ruleset.exceptions])
      expect(citation).toMatch(/DFARS|U\.S\.C\./);
  });

  it('relies on every exception that it defines', () => {
    const used = new Set(ruleset.clauses.flatMap(({ exceptions }) => exceptions));
    expect([...used].sort()).toEqual(ruleset.exceptions.map(({ id }) => id).sort());
  });

  it('says of every step which verb it falls under, and of every form what lies behind it', () => {
    const common = JSON.parse(readFileSync('schemas/common.schema.json', 'utf8')).$defs;
    const { stepVerbs, formSteps } = ruleset.parameters;
    expect(stepVerbs.map(({ step }) => step).sort()).toEqual([...common.Step.enum].sort());
    expect(formSteps.map(({ form }) => form).sort()).toEqual([...common.Form.enum].sort());
  });

  it('marks law in motion, what is unverified and what is policy', () => {
    expect(ruleset.lawInMotion.join(' ')).toMatch(/section 1803.*H\.R\. 9073|H\.R\. 9073/);
    expect(ruleset.lawInMotion.join(' ')).toContain('Section 848');
    expect(ruleset.unverified).not.toHaveLength(0);
    expect(ruleset.policy[0]).toContain('policy');
  });

  it('gives a verdict by every clause, on one magnet or another', () => {
    const context = { governing: { date: ruleset.effectiveFrom, basis: 'delivery' as const } };
    const judged = [ndfebMagnet(), smcoMagnet(), recycledMagnet()].flatMap((facts) =>
      assess(sha256, ruleset, facts, context).clauses.map(({ clause }) => clause),
    );
    expect([...new Set(judged)].sort()).toEqual(ruleset.clauses.map(({ id }) => id).sort());
  });
});

describe('a ruleset', () => {
  const law = 'us-dfars-252.225-7052';
  const both = [shipped('2024-05'), shipped('2027-01')];

  it('is named by the digest of its canonical bytes, however it was laid out', () => {
    const compact = parseRuleset(canonicalBytes(both[0]));
    expect(rulesetDigest(sha256, compact)).toBe(rulesetDigest(sha256, both[0]!));
    expect(rulesetDigest(sha256, both[0]!)).not.toBe(rulesetDigest(sha256, both[1]!));
  });

  it('is chosen by the governing date, both ends included', () => {
    expect(selectRuleset(both, law, '2026-12-31').version).toBe('2024-05');
    expect(selectRuleset(both, law, '2027-01-01').version).toBe('2027-01');
    expect(selectRuleset(both, law, '2024-05-30').version).toBe('2024-05');
    expect(isInForce({ effectiveFrom: '2027-01-01', effectiveTo: null }, '2999-01-01')).toBe(true);
  });

  it('is the one that took effect later when two are in force, in whatever order they are held', () => {
    const later: Ruleset = { ...both[1]!, version: '2028-01', effectiveFrom: '2028-01-01' };
    for (const held of [
      [...both, later],
      [later, ...both],
    ])
      expect(selectRuleset(held, law, '2028-06-01').version).toBe('2028-01');
  });

  it('cannot be chosen for a day on which no version was in force, nor by an unknown name', () => {
    expect(refusal(() => selectRuleset(both, law, '2024-05-29'))).toMatchObject({
      problem: 'ruleset-not-in-force',
    });
    expect(refusal(() => selectRuleset(both, 'eu-crma', '2026-01-01'))).toMatchObject({
      problem: 'not-found',
    });
  });

  it('is refused as bytes that are no JSON or no ruleset', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(refusal(() => parseRuleset(bytes('{"id":"a","id":"b"}')))).toMatchObject({
      problem: 'malformed-json',
    });
    expect(refusal(() => parseRuleset(bytes('{}')))).toMatchObject({ problem: 'schema-violation' });
  });

  const contradictory: [string, (ruleset: Ruleset) => Partial<Ruleset>, string][] = [
    ['it ends before it begins', () => ({ effectiveTo: '2020-01-01' }), '/effectiveTo'],
    [
      'two clauses share an id',
      ({ clauses }) => ({ clauses: [clauses[0]!, clauses[0]!] }),
      '/clauses/1',
    ],
    [
      'two exceptions share an id',
      ({ exceptions }) => ({ exceptions: [...exceptions, exceptions[0]!] }),
      '/exceptions/7',
    ],
    [
      'a clause names an exception that is not there',
      () => ({ exceptions: [] }),
      '/clauses/0/exceptions',
    ],
    [
      'a clause names a material that is not there',
      ({ parameters }) => ({ parameters: { ...parameters, coveredMaterials: [] } }),
      '/clauses/0/parameters/materials',
    ],
    [
      'a step falls under two verbs',
      ({ parameters }) => ({
        parameters: {
          ...parameters,
          stepVerbs: [{ step: 'mine', verb: null }, ...parameters.stepVerbs],
        },
      }),
      '/parameters/stepVerbs/1',
    ],
    [
      'a form is described twice',
      ({ parameters }) => ({
        parameters: {
          ...parameters,
          formSteps: [parameters.formSteps[0]!, ...parameters.formSteps],
        },
      }),
      '/parameters/formSteps/1',
    ],
  ];
  it.each(contradictory)('is refused when %s', (_case, change, pointer) => {
    const ruleset = { ...both[1]!, ...change(both[1]!) };
    expect(refusal(() => verifyRuleset(ruleset))).toEqual({ problem: 'schema-violation', pointer });
  });
});
