import type { At, Import, Opened, StateView } from '#lib/documents';
import { isOwnLog, type RegistryState } from '#lib/materials';
import { refuse } from '#lib/problem';
import { readRecognition, recognitionCovers, recognitionSubject } from './recognition.js';

/** What an import says. */
export type ImportSubject = Opened<Import>['credentialSubject'];

/**
 * Throws `recognition-missing` unless the recognition that the import cites is held here, stands,
 * names that registry and log, and covers the certificate's facts on the recorded day (UTC).
 */
export function requireRecognition(state: StateView, subject: ImportSubject, at: At): void {
  const because = whyNotRecognised(state, subject, at.recordedAt.slice(0, 10));
  if (because.length > 0)
    throw refuse('recognition-missing', because.join(' '), '/credentialSubject/recognition');
}

/**
 * Throws `recognition-missing` for material that the home registry itself took over from a third
 * one: a recognition is not transitive. Material that only comes back to this registry is covered.
 */
export function requireDirect({ certificate }: ImportSubject, registry: RegistryState): void {
  const { imports } = certificate.credentialSubject;
  const index = imports.findIndex(({ release }) => !isOwnLog(registry, release.origin));
  if (index < 0) return;
  throw refuse(
    'recognition-missing',
    `The certificate rests on material from the log ${imports[index]!.release.origin}; a recognition is not transitive.`,
    `/credentialSubject/certificate/credentialSubject/imports/${index}`,
  );
}

function whyNotRecognised(state: StateView, subject: ImportSubject, date: string): string[] {
  const { home, release, certificate } = subject;
  const found = readRecognition(state, subject.recognition);
  if (found === undefined) return ['This registry holds no such recognition.'];
  const { registry, jurisdiction, origin, status } = found;
  const isMeant =
    registry === home.registry && jurisdiction === home.jurisdiction && origin === release.origin;
  return [
    ...(status === 'active' ? [] : [`It is ${status}.`]),
    ...(isMeant ? [] : [`It speaks of ${registry} in ${jurisdiction} with the log ${origin}.`]),
    ...recognitionCovers(found, recognitionSubject(certificate.credentialSubject, date)).because,
  ];
}
