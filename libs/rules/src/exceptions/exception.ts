import type { Ruleset } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import type { Claims } from '../finding.js';
import type { Candidate } from '../material.js';
import type { Parameters } from '../policy.js';

/** An exception as the ruleset publishes it. */
export type RulesetException = Ruleset['exceptions'][number];

/** The exception of one kind, narrowed from the schema's union. */
export type ExceptionOf<Kind extends RulesetException['kind']> = Extract<
  RulesetException,
  { kind: Kind }
>;

/** What an exception is weighed against. */
export interface Circumstances {
  parameters: Parameters;
  facts: CertificateFacts;
  candidates: readonly Candidate[];
  claims: Claims;
  /** The governing date, RFC 3339 full-date. */
  date: string;
}

/** Whether an exception lifts the clause, why, and on which evidence (digests). */
export interface Weighed {
  lifts: boolean;
  because: string;
  restsOn: string[];
}
