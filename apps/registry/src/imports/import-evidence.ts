import { canonicalBytes, toHex, type Import, type Release } from '#lib/documents';
import { isBefore } from '#lib/materials';
import { refuse } from '#lib/problem';
import type { Registry } from '../registry.js';
import type { Evidenced, Releases } from './releases.js';

type Destination = Release['credentialSubject']['destination'];

/**
 * The last release that the certifying log of a bundle holds, to this registry; nothing is verified.
 * Throws `evidence-rejected` when there is none, `release-not-for-this-registry` when it is to another.
 */
export function openReleaseHere(
  registry: Registry,
  { home, releases }: Releases,
): Evidenced<Release> {
  const last = releases
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
  bundle: Releases,
): void {
  const embedded = toHex(registry.verifier.sha256(canonicalBytes(subject.certificate)));
  if (embedded !== bundle.certificate)
    throw rejected(
      'The embedded certificate is not the one that the bundle proves.',
      'certificate',
    );
  const release = citedRelease(bundle, subject.release);
  requireSame(subject, release);
  requireOpen(bundle, subject.release.statement);
  const { destination, importer } = release.credentialSubject;
  const { did, origin } = registry.identity;
  if (destination.registry !== did || destination.origin !== origin)
    throw toAnother(destination, '/credentialSubject/release');
  if (importer !== issuer)
    throw refuse('evidence-rejected', `The release is to the importer ${importer}.`, '/issuer');
}

function toAnother({ registry, origin }: Destination, pointer: string) {
  const detail = `The release is to ${registry} with the log ${origin}.`;
  return refuse('release-not-for-this-registry', detail, pointer);
}

function citedRelease(
  { releases }: Releases,
  cited: Import['credentialSubject']['release'],
): Release {
  const found = releases.find(
    ({ origin, index, digest }) =>
      digest === cited.statement && origin === cited.origin && index === cited.index,
  );
  if (found) return found.statement;
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
function requireOpen({ declined }: Releases, release: string): void {
  const isReopened = declined.includes(release);
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
