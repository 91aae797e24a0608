import type { Step } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import type { Lineage } from './lineage.js';
import type { Candidate } from './material.js';
import type { Parameters } from './policy.js';

/** What one clause asks of one certificate. */
export interface Inquiry {
  parameters: Parameters;
  facts: CertificateFacts;
  candidate: Candidate;
  /** The steps that fall under the clause's verbs. */
  restricted: ReadonlySet<Step>;
  lineage: Lineage;
}
