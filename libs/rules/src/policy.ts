import type { Country, Element, Form, Ruleset, Step } from '#lib/documents';
import { elementKind } from './material.js';
import { stepNouns } from './step-noun.js';

/** What the clauses of a ruleset share, with the acceptor's own choices put in. */
export type Parameters = Ruleset['parameters'];

/** A verb of the law, as the ruleset's policy maps steps to it. */
export type LawVerb = NonNullable<Parameters['stepVerbs'][number]['verb']>;

/** Any one of these steps shows that a phase was done. */
export type Phase = readonly Step[];

/** The steps that fall under one of the law's verbs, by the ruleset's policy table. */
export function stepsUnder(parameters: Parameters, verbs: readonly LawVerb[]): ReadonlySet<Step> {
  const under = parameters.stepVerbs.filter(({ verb }) => verb !== null && verbs.includes(verb));
  return new Set(under.map(({ step }) => step));
}

/** The covered country that a country is judged as, or undefined if it is not covered. */
export function coveredCountry(parameters: Parameters, country: Country): Country | undefined {
  const alias = parameters.treatAs.find((each) => each.country === country);
  return [country, alias?.as].find(
    (each) => each !== undefined && parameters.coveredCountries.includes(each),
  );
}

/**
 * The phases, among the restricted steps, that must lie behind an element in that form; undefined
 * when the ruleset does not speak of the form, which shows nothing.
 */
export function phasesBehind(
  parameters: Parameters,
  form: Form,
  element: Element,
  restricted: ReadonlySet<Step>,
): Phase[] | undefined {
  const row = parameters.formSteps.find((each) => each.form === form);
  return row?.[elementKind(element)].filter((phase) => phase.some((step) => restricted.has(step)));
}

/** The phases that finish a magnet, among the restricted steps. */
export function finishingPhases(parameters: Parameters, restricted: ReadonlySet<Step>): Phase[] {
  return parameters.finishedSteps.filter((phase) => phase.some((step) => restricted.has(step)));
}

/** What was done, in words: “mining”, “bonding or sintering”. */
export function describePhase(phase: Phase): string {
  return stepNouns(phase, 'or');
}

/** “HK, judged as CN”. */
export function named(country: string, covered: string): string {
  return country === covered ? country : `${country}, judged as ${covered}`;
}
