import type { Ruleset, RulesetPublication } from '#lib/documents';
import { RULE_DECIDERS, rulesetKey } from '#lib/rules';
import { LedgerState, refusal, signed } from './ledger-state.js';
import { party, shipped } from './magnet-facts.js';

const publish = (change: Partial<Ruleset> = {}, by = 'authority') =>
  signed<RulesetPublication>('RulesetPublication', party(by), {
    ruleset: { ...shipped('2027-01'), ...change },
  });

const record = (state: LedgerState, ...of: Parameters<typeof publish>) =>
  state.record(RULE_DECIDERS.RulesetPublication, publish(...of));

describe('a ruleset that is published', () => {
  it('is known by its id and version, and stays', () => {
    const state = new LedgerState();
    record(state);
    expect(state.get(rulesetKey('us-dfars-252.225-7052', '2027-01'))).toMatchObject({
      effectiveFrom: '2027-01-01',
      effectiveTo: null,
      issuer: party('authority'),
    });
    expect(refusal(() => record(state, { title: 'Other words, same version' }))).toEqual({
      problem: 'already-registered',
      pointer: '/credentialSubject/ruleset/version',
    });
    record(state, { version: '2027-02' });
  });

  it.each(['importer', 'foreignauthority'])('is refused from the %s', (by) => {
    expect(refusal(() => record(new LedgerState(), {}, by))).toEqual({
      problem: 'role-missing',
      pointer: '/issuer',
    });
  });

  it('is refused when it contradicts itself, at the very field', () => {
    expect(refusal(() => record(new LedgerState(), { effectiveTo: '2026-12-31' }))).toEqual({
      problem: 'schema-violation',
      pointer: '/credentialSubject/ruleset/effectiveTo',
    });
  });
});
