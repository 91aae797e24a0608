import type { Acceptance, At, Decider, Opened, StateView } from '#lib/documents';
import {
  batchKey,
  certificateKey,
  isLive,
  parseDraw,
  readCertificate,
  readState,
  requireActive,
  requireBatch,
  requirePast,
  requireSigner,
  signerKeys,
  writeState,
  type BatchState,
} from '#lib/materials';
import { refuse } from '#lib/problem';
import { readRecognition, recognitionKey, type RecognitionState } from '../recognition.js';

/** State of what buyers accepted of one batch: whole milligrams as decimal text. */
export interface AcceptanceState {
  acceptedMg: string;
  /** Digests of the acceptances, oldest first. */
  acceptances: string[];
}

type Subject = Opened<Acceptance>['credentialSubject'];

/** The state key of what was accepted of a batch. */
export const acceptanceKey = (batch: string): string => `acceptance:${batch}`;

/**
 * Accepts or refuses a delivery against a contract line. What is accepted is claimed: no unit of a
 * batch is accepted twice. A delivery can be refused for any reason, a dead certificate among them.
 */
export const acceptance: Decider<Acceptance> = {
  touches(signed) {
    const { batch, certificate, recognitions } = signed.statement.credentialSubject;
    const own = [batchKey(batch), certificateKey(certificate), acceptanceKey(batch)];
    return [...new Set([...own, ...recognitions.map(recognitionKey), ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const subject = signed.statement.credentialSubject;
    requireSigner(state, signed, at, { role: 'buyer' });
    requirePast(subject.decidedAt, at, '/credentialSubject/decidedAt');
    const batch = requireBatch(state, subject.batch, '/credentialSubject/batch');
    if (batch.custodian !== signed.statement.issuer)
      throw refuse(
        'not-custodian',
        `${batch.id} is held by ${batch.custodian}.`,
        '/credentialSubject/batch',
      );
    requireCertificate(state, subject, at);
    if (subject.answer === 'accepted') {
      requireActive(batch, '/credentialSubject/batch');
      requireRecognitions(state, subject, at);
    }
    requireUnclaimed(state, batch, subject);
  },

  apply(state, { statement, digest }) {
    const { answer, batch, quantity } = statement.credentialSubject;
    if (answer === 'refused') return [];
    const { basis } = requireBatch(state, batch, '/credentialSubject/batch');
    const massMg = parseDraw(quantity, basis, '/credentialSubject/quantity');
    const before = acceptedOf(state, batch);
    const after: AcceptanceState = {
      acceptedMg: (BigInt(before.acceptedMg) + massMg).toString(),
      acceptances: [...before.acceptances, digest],
    };
    return [writeState(acceptanceKey(batch), after)];
  },
};

/** The certificate is the batch's own, live if the delivery is accepted, and what was assessed. */
function requireCertificate(state: StateView, subject: Subject, at: At): void {
  const pointer = '/credentialSubject/certificate';
  const certificate = readCertificate(state, subject.certificate);
  if (certificate?.batch !== subject.batch)
    throw refuse(
      'reference-unknown',
      `${subject.certificate} is no certificate of ${subject.batch} here.`,
      pointer,
    );
  if (subject.answer === 'accepted' && !isLive(certificate, at.recordedAt))
    throw refuse(
      'certificate-not-live',
      `${certificate.id} is ${certificate.status === 'active' ? 'expired' : certificate.status}.`,
      pointer,
    );
  for (const [index, { asOf }] of subject.assessments.entries())
    if (asOf.origin !== certificate.origin || asOf.treeSize !== certificate.treeSize)
      throw refuse(
        'certificate-stale',
        `The assessment rests on tree size ${asOf.treeSize} of ${asOf.origin}, the certificate on ${certificate.treeSize} of ${certificate.origin}.`,
        `/credentialSubject/assessments/${index}/asOf`,
      );
}

/**
 * Every recognition that the certificate rests on is named and still in force: what was recognised
 * at import may be so no longer.
 */
function requireRecognitions(state: StateView, subject: Subject, at: At): void {
  const pointer = '/credentialSubject/recognitions';
  const needed = readCertificate(state, subject.certificate)?.recognitions ?? [];
  for (const id of needed) {
    if (!subject.recognitions.includes(id))
      throw refuse('recognition-missing', `The certificate rests on ${id}; name it.`, pointer);
    const recognition = readRecognition(state, id);
    if (!recognition || !standsOn(recognition, at.recordedAt.slice(0, 10)))
      throw refuse('recognition-missing', `${id} is not in force.`, pointer);
  }
}

function standsOn({ status, validFrom, validUntil }: RecognitionState, date: string): boolean {
  return status === 'active' && validFrom <= date && date <= validUntil;
}

function requireUnclaimed(state: StateView, batch: BatchState, subject: Subject): void {
  const pointer = '/credentialSubject/quantity';
  const massMg = parseDraw(subject.quantity, batch.basis, pointer);
  const free = BigInt(batch.leftMg) - BigInt(acceptedOf(state, batch.id).acceptedMg);
  if (massMg > free)
    throw refuse(
      'mass-exceeded',
      `${massMg} mg are answered for; ${free < 0n ? 0n : free} mg of ${batch.id} are not accepted yet.`,
      pointer,
      { extensions: { availableMg: (free < 0n ? 0n : free).toString() } },
    );
}

function acceptedOf(state: StateView, batch: string): AcceptanceState {
  const accepted = readState<AcceptanceState>(state, acceptanceKey(batch));
  return accepted ?? { acceptedMg: '0', acceptances: [] };
}
