import { pc } from './colours.js';
import type { RulesetResult, Verdict } from '#lib/documents';

/** A ruleset's verdict, clause by clause, with its citation and who can close what is open. */
export function describeVerdict(
  { ruleset, version, verdict, clauses }: RulesetResult,
  date: string,
): string[] {
  const lines = [`  ${ruleset} ${version}, governing date ${date}: ${paint(verdict)}`];
  for (const clause of clauses) {
    lines.push(`    ${paint(clause.verdict)}  ${clause.clause}  ${pc.dim(clause.citation)}`);
    lines.push(`      ${clause.because} ${pc.dim(restsOn(clause.restsOn.length))}`);
    for (const { party, what } of clause.closing)
      lines.push(`      ${pc.yellow('to close')}  ${party}: ${what}`);
  }
  return lines;
}

function restsOn(statements: number): string {
  return `(rests on ${statements} statement${statements === 1 ? '' : 's'})`;
}

function paint(verdict: Verdict): string {
  if (verdict === 'compliant' || verdict === 'exempt' || verdict === 'waived')
    return pc.green(verdict);
  return verdict === 'non-compliant' ? pc.red(verdict) : pc.yellow(verdict);
}
