import {
  canonicalBytes,
  parseStatement,
  toHex,
  type EvidenceBundle,
  type Import,
  type Release,
  type Statement,
} from '#lib/documents';
import { isBefore } from '#lib/materials';
import { refuse } from '#lib/problem';
import { parseEntry } from '#lib/tlog';
import { parseBundle } from '#lib/verification';
import type { Registry } from '../registry.js';

type Destination = Release['credentialSubject']['destination'];

/** A statement of a bundle with its place in its log, as the bundle has it. */
export interface Evidenced<S = Statement> {
  origin: string;
  index: number;
  digest: string;
  statement: S;
}

/**
 * The last release that the certifying log of a bundle holds, to this registry; nothing is verified.
 * Throws `evidence-rejected` when there is none, `release-not-for-this-registry` when it is to another.
 */
export function openReleaseHere(registry: Registry, bundle: EvidenceBundle): Evidenced<Release> {
  const records = evidencedIn(registry, bundle);
  const home = records.find(({ digest }) => digest === bundle.certificate)?.origin;
  const last = records
    .filter((record): record is Evidenced<Release> => record.statement.type[1] === 'Release')
    .filter(({ origin }) => origin === home)
    .toSorted((a, b) => a.index - b.index)
    .at(-1);
  if (!last)
    throw refuse(
      'evidence-rejected',
      'The bundle holds no release: ask for one made after the release.',
      '/bundle',
    );
  // A log that was succeeded imports nothing any more; what was released to it is only declined.
  const { destination } = last.statement.credentialSubject;
  const isHere = destination.registry === registry.identity.did;
  if (!isHere || !registry.logs.has(destination.origin)) throw toAnother(destination, '/bundle');
  return last;
}

/**
 * Throws unless a bundle that was verified holds the release that an Import cites, of the batch that
 * the embedded certificate is about, to this registry and this importer, and still open:
 * `evidence-rejected` with the pointer of what differs, `release-declined`, or
 * `release-not-for-this-registry`.
 */
export function requireReleasedHere(
  registry: Registry,
  { issuer, credentialSubject: subject }: Import,
  bundleBytes: Uint8Array,
): void {
  const bundle = parseBundle(bundleBytes);
  const embedded = toHex(registry.verifier.sha256(canonicalBytes(subject.certificate)));
  if (embedded !== bundle.certificate)
    throw rejected(
      'The embedded certificate is not the one that the bundle proves.',
      'certificate',
    );
  const records = evidencedIn(registry, bundle);
  const release = citedRelease(records, subject.release);
  requireSame(subject, release);
  requireOpen(records, subject.release.statement);
  const { destination, importer } = release.credentialSubject;
  const { did, origin } = registry.identity;
  if (destination.registry !== did || destination.origin !== origin)
    throw toAnother(destination, '/credentialSubject/release');
  if (importer !== issuer)
    throw refuse('evidence-rejected', `The release is to the importer ${importer}.`, '/issuer');
}

function evidencedIn({ verifier: { sha256 } }: Registry, bundle: EvidenceBundle): Evidenced[] {
  return bundle.records.map((record): Evidenced => {
    const bytes = new Uint8Array(Buffer.from(record.statement, 'base64'));
    const { statement, digest } = parseStatement(sha256, bytes);
    const { index } = parseEntry(new TextEncoder().encode(record.entry));
    return { origin: record.origin, index, digest, statement };
  });
}

function toAnother({ registry, origin }: Destination, pointer: string) {
  const detail = `The release is to ${registry} with the log ${origin}.`;
  return refuse('release-not-for-this-registry', detail, pointer);
}

function citedRelease(
  records: readonly Evidenced[],
  cited: Import['credentialSubject']['release'],
): Release {
  const found = records.find(
    ({ origin, index, digest, statement }) =>
      statement.type[1] === 'Release' &&
      digest === cited.statement &&
      origin === cited.origin &&
      index === cited.index,
  );
  if (found) return found.statement as Release;
  throw rejected(
    'The bundle holds no such release: ask for one made after the release.',
    'release',
  );
}

function requireSame(
  { certificate, home, receivedAt, transfersTitle }: Import['credentialSubject'],
  { credentialSubject: release }: Release,
): void {
  if (release.certificate !== certificate.id)
    throw rejected(`The release names the certificate ${release.certificate}.`, 'certificate/id');
  if (home.registry !== certificate.issuer)
    throw rejected(`The certificate is issued by ${certificate.issuer}.`, 'home/registry');
  if (release.transfersTitle !== transfersTitle)
    throw rejected(
      `The release ${release.transfersTitle ? 'passes' : 'keeps'} title.`,
      'transfersTitle',
    );
  const batches = [release.batch, certificate.credentialSubject.id, home.batch];
  if (new Set(batches).size > 1)
    throw rejected(`Release and certificate are of ${release.batch}.`, 'home/batch');
  if (isBefore(receivedAt, release.releasedAt))
    throw rejected(`It was released only at ${release.releasedAt}.`, 'receivedAt');
}

/** A registry that declined a release declined it for good, so it cannot import it afterwards. */
function requireOpen(records: readonly Evidenced[], release: string): void {
  const isReopened = records.some(
    ({ statement }) =>
      statement.type[1] === 'ImportRefusal' &&
      (statement.credentialSubject as { release: { statement: string } }).release.statement ===
        release,
  );
  if (isReopened)
    throw refuse(
      'release-declined',
      'The release was declined, and the batch reopened at home.',
      '/credentialSubject/release',
    );
}

function rejected(detail: string, member: string) {
  return refuse('evidence-rejected', detail, `/credentialSubject/${member}`);
}
