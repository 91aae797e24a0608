import type {
  AssuranceLevel,
  CustodyModel,
  Form,
  Recognition,
  StateView,
  Step,
} from '#lib/documents';
import { readState, type CertificateFacts, type Standing } from '#lib/materials';
import { isAssured, weakestAssurance } from './facts.js';
import { listed } from './finding.js';

type Subject = Recognition['credentialSubject'];

/** State of a recognition: what the authority published, and whether it still stands. */
export interface RecognitionState extends Standing, Omit<Subject, 'instrument'> {
  issuer: string;
  /** Digest of the statement that gave it. */
  given: string;
}

/** What is to be recognised: a certificate's facts in the terms of a recognition's scope. */
export interface RecognitionSubject {
  form: Form;
  steps: readonly Step[];
  custodyModel: CustodyModel;
  assurance: AssuranceLevel;
  /** The day on which it must hold, RFC 3339 full-date. */
  date: string;
}

/** The state key of a recognition. */
export const recognitionKey = (id: string): string => `recognition:${id}`;

/** The recognition, or undefined when the ledger holds none of that name. */
export function readRecognition(state: StateView, id: string): RecognitionState | undefined {
  return readState<RecognitionState>(state, recognitionKey(id));
}

/**
 * Whether a recognition covers a subject on its day, and every reason why not. It is neither
 * transitive nor symmetric: only the one registry it names is meant, which the caller compares.
 */
export function recognitionCovers(
  recognition: Pick<Subject, 'scope' | 'validFrom' | 'validUntil'>,
  { form, steps, custodyModel, assurance, date }: RecognitionSubject,
): { covers: boolean; because: string[] } {
  const { scope, validFrom, validUntil } = recognition;
  const strange = steps.filter((step) => !scope.steps.includes(step));
  const reasons: [boolean, string][] = [
    [
      date < validFrom || validUntil < date,
      `It runs from ${validFrom} to ${validUntil}, not on ${date}.`,
    ],
    [!scope.forms.includes(form), `It does not cover ${form}.`],
    [strange.length > 0, `It does not cover the steps ${listed(strange)}.`],
    [!scope.custodyModels.includes(custodyModel), `It does not cover ${custodyModel} custody.`],
    [
      !isAssured(assurance, scope.minimumAssurance),
      `It asks for facts that are ${scope.minimumAssurance}; the weakest here is ${assurance}.`,
    ],
  ];
  const because = reasons.filter(([applies]) => applies).map(([, reason]) => reason);
  return { covers: because.length === 0, because };
}

/** A certificate's facts in the terms of a recognition's scope; claimed origins are steps too. */
export function recognitionSubject(facts: CertificateFacts, date: string): RecognitionSubject {
  const done = facts.processes.flatMap(({ steps }) => steps);
  const claimed = facts.intakes.flatMap(({ origins }) => origins.map(({ step }) => step));
  return {
    form: facts.form,
    steps: [...new Set([...done, ...claimed])].sort(),
    custodyModel: facts.custodyModel,
    assurance: weakestAssurance(facts),
    date,
  };
}
