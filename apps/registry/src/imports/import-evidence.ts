import { base64 } from '@scure/base';
import {
  canonicalBytes,
  parseStatement,
  toHex,
  type Import,
  type Release,
  type Statement,
} from '#lib/documents';
import { isBefore } from '#lib/materials';
import { refuse } from '#lib/problem';
import { parseEntry } from '#lib/tlog';
import { parseBundle } from '#lib/verification';
import type { Registry } from '../registry.js';

/** A statement of the bundle with its place in its log. */
interface Evidenced {
  origin: string;
  index: number;
  digest: string;
  statement: Statement;
}

/**
 * Throws unless a bundle that was verified holds the release that an Import cites, of the batch that
 * the embedded certificate is about, to this registry and this importer, and still open:
 * `evidence-rejected` with the pointer of what differs, or `release-not-for-this-registry`.
 */
export function requireReleasedHere(
  registry: Registry,
  { issuer, credentialSubject: subject }: Import,
  bundleBytes: Uint8Array,
): void {
  const bundle = parseBundle(bundleBytes);
  const { sha256 } = registry.verifier;
  const embedded = toHex(sha256(canonicalBytes(subject.certificate)));
  if (embedded !== bundle.certificate)
    throw rejected(
      'The embedded certificate is not the one that the bundle proves.',
      'certificate',
    );
  const records = bundle.records.map((record): Evidenced => {
    const { statement, digest } = parseStatement(sha256, base64.decode(record.statement));
    const { index } = parseEntry(new TextEncoder().encode(record.entry));
    return { origin: record.origin, index, digest, statement };
  });
  const release = citedRelease(records, subject.release);
  requireSame(subject, release);
  requireOpen(records, subject.release.statement);
  const { destination, importer } = release.credentialSubject;
  const { did, origin } = registry.identity;
  if (destination.registry !== did || destination.origin !== origin)
    throw refuse(
      'release-not-for-this-registry',
      `The release is to ${destination.registry} with the log ${destination.origin}.`,
      '/credentialSubject/release',
    );
  if (importer !== issuer)
    throw refuse('evidence-rejected', `The release is to the importer ${importer}.`, '/issuer');
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
  if (release.transfersTitle !== transfersTitle)
    throw rejected('The release says otherwise of the title.', 'transfersTitle');
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
  if (isReopened) throw rejected('The release was declined, and the batch reopened.', 'release');
}

function rejected(detail: string, member: string) {
  return refuse('evidence-rejected', detail, `/credentialSubject/${member}`);
}
