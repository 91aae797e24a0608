import type { CheckName, CheckResult, Report } from '#lib/verification';

/** The checks of a report that did not pass, by name. */
export function troubles({ checks }: Report): Partial<Record<CheckName, CheckResult>> {
  const unmet = checks.filter(({ result }) => result !== 'pass');
  return Object.fromEntries(unmet.map(({ name, result }) => [name, result]));
}

/** The names of the checks that failed. */
export function failures({ checks }: Report): CheckName[] {
  return checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
}

/** One check of a report. */
export function checkNamed({ checks }: Report, name: CheckName) {
  const found = checks.find((check) => check.name === name);
  if (!found) throw new Error(`The report has no check ${name}`);
  return found;
}
