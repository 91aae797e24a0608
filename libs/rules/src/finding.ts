import type { Assessment, ClauseResult, Closing, Verdict } from '#lib/documents';

/** One observation about a clause, before the verdict is drawn. */
export interface Finding {
  /** `prohibited` speaks against the material; `gap` says that something is not shown. */
  kind: 'prohibited' | 'gap';
  /** One sentence for people. */
  text: string;
  /** Digests of the statements that show it. */
  restsOn: string[];
  /** Who can close it, and with what. */
  closing: Closing[];
}

/** What a clause of any kind concludes from the facts alone, before exceptions. */
export type ClauseVerdict = Pick<ClauseResult, 'verdict' | 'because' | 'restsOn' | 'closing'>;

/** The acceptor's claims about its own contract. */
export type Claims = Assessment['claims'];

const TEXT_LENGTH_MAX = 1000;
const RESTS_ON_MAX = 4096;
const CLOSING_MAX = 256;

/**
 * Draws one verdict: anything prohibited is non-compliant, any gap is indeterminate, and only a
 * clause without findings is compliant. The same findings in any order give the same result.
 */
export function concludeFindings(
  findings: readonly Finding[],
  compliant: { because: string; restsOn: readonly string[] },
): ClauseVerdict {
  const prohibited = findings.filter(({ kind }) => kind === 'prohibited');
  const decisive = prohibited.length > 0 ? prohibited : findings;
  if (decisive.length === 0)
    return {
      verdict: 'compliant',
      because: sentences([compliant.because]),
      restsOn: digests(compliant.restsOn),
      closing: [],
    };
  return {
    verdict: prohibited.length > 0 ? 'non-compliant' : 'indeterminate',
    because: sentences(decisive.map(({ text }) => text)),
    restsOn: digests(decisive.flatMap(({ restsOn }) => restsOn)),
    closing: closings(decisive.flatMap(({ closing }) => closing)),
  };
}

/** The worst of several verdicts: what a ruleset says when its clauses disagree. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  const worstFirst: Verdict[] = ['non-compliant', 'indeterminate', 'waived', 'exempt', 'compliant'];
  return worstFirst.find((verdict) => verdicts.includes(verdict)) ?? 'indeterminate';
}

/** Sentences joined, each once and in order, within what the schema's Text holds (1,000 characters). */
export function sentences(texts: readonly string[]): string {
  const each = [...new Set(texts)].sort();
  let joined = '';
  for (const [index, text] of each.entries()) {
    const rest = ` And ${each.length - index} more.`;
    const next = joined === '' ? text : `${joined} ${text}`;
    if (next.length + rest.length > TEXT_LENGTH_MAX && joined !== '') return joined + rest;
    joined = next;
  }
  return joined.length > TEXT_LENGTH_MAX ? `${joined.slice(0, TEXT_LENGTH_MAX - 1)}…` : joined;
}

/** “Fe, Nd and Pr”. */
export function listed(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const each = [...new Set(words)].sort();
  if (each.length < 2) return each.join('');
  return `${each.slice(0, -1).join(', ')} ${conjunction} ${each.at(-1)}`;
}

function digests(restsOn: readonly string[]): string[] {
  return [...new Set(restsOn)].sort().slice(0, RESTS_ON_MAX);
}

function closings(all: readonly Closing[]): Closing[] {
  const key = ({ party, batch = '', what }: Closing) => `${party} ${batch} ${what}`;
  const unique = new Map(all.map((closing) => [key(closing), closing]));
  return [...unique.keys()]
    .sort()
    .slice(0, CLOSING_MAX)
    .map((each) => unique.get(each)!);
}
