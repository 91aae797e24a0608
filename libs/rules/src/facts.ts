import type { AssuranceLevel } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';

/** One MakeEvent in the history of the batch. */
export type ProcessFact = CertificateFacts['processes'][number];

/** One entry of material from outside, with every origin declared for it. */
export type IntakeFact = CertificateFacts['intakes'][number];

/** Weakest first: who stands behind a fact (domain terms of `AssuranceLevel`). */
const ASSURANCE_ORDER: readonly AssuranceLevel[] = [
  'self-declared',
  'counterparty-confirmed',
  'accredited-third-party',
];

/** Whether a fact is supported at least as well as `minimum` asks. */
export function isAssured(level: AssuranceLevel, minimum: AssuranceLevel): boolean {
  return ASSURANCE_ORDER.indexOf(level) >= ASSURANCE_ORDER.indexOf(minimum);
}

/**
 * The weakest support among what the certificate says was made: quantity, composition and every
 * process. Origins before the ledger are judged claim by claim, never through this.
 */
export function weakestAssurance(facts: CertificateFacts): AssuranceLevel {
  const levels = [
    facts.quantityAssurance.level,
    facts.compositionAssurance.level,
    ...facts.processes.map((process) => process.assurance.level),
  ];
  return ASSURANCE_ORDER.find((level) => levels.includes(level)) ?? 'self-declared';
}
