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
    lines.push(
      `      ${clause.because} ${pc.dim(`(rests on ${clause.restsOn.length} statements)`)}`,
    );
    for (const { party, what } of clause.closing)
      lines.push(`      ${pc.yellow('to close')}  ${party}: ${what}`);
  }
  return lines;
}

function paint(verdict: Verdict): string {
  if (verdict === 'compliant' || verdict === 'exempt' || verdict === 'waived')
    return pc.green(verdict);
  return verdict === 'non-compliant' ? pc.red(verdict) : pc.yellow(verdict);
}
