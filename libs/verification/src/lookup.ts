import { canonicalBytes, toHex, type Sha256 } from '#lib/documents';
import { laterOf } from '#lib/materials';
import { exhibitsOf, type Exhibit, type ExhibitOf, type OpenedBundle } from './exhibit.js';

/** A key that ended, by whose word, and from when: perhaps earlier than that word was recorded. */
export interface KeyEnd {
  publicKeyMultibase: string;
  /** RFC 3339: what the key signs from then on does not count. */
  from: string;
  /** The statement that says so. */
  by: Exhibit;
}

/** Every end of a key that these exhibits record: revocations, and retirements by rotation. */
export function keyEnds(exhibits: readonly Exhibit[]): KeyEnd[] {
  const revoked = exhibitsOf(exhibits, 'KeyRevocation').map((by) => {
    const { publicKeyMultibase, effectiveFrom: from } = by.opened.credentialSubject;
    return { publicKeyMultibase, from, by };
  });
  const retired = exhibitsOf(exhibits, 'KeyRotation').flatMap((by) =>
    by.opened.credentialSubject.retire.map(({ publicKeyMultibase, at }) => ({
      publicKeyMultibase,
      // A retirement, unlike a revocation, never reaches into the past.
      from: laterOf(at, by.entry.recordedAt),
      by,
    })),
  );
  return [...revoked, ...retired];
}

/**
 * The statement by which a batch, certificate, accreditation, recognition or facility is out of good
 * standing as at the checkpoint: the last change of its status, unless that reinstates it.
 */
export function lastStatusChange(
  log: readonly Exhibit[],
  kind: string,
  id: string,
): ExhibitOf<'StatusChange'> | undefined {
  const last = exhibitsOf(log, 'StatusChange').findLast(({ opened }) => {
    const { target } = opened.credentialSubject;
    return target.kind === kind && target.id === id;
  });
  return last?.opened.credentialSubject.action === 'reinstate' ? undefined : last;
}

/** The certificate that the bundle is about, and those of other registries that imports rest on. */
export function chainCertificates(
  sha256: Sha256,
  { exhibits, certificate }: OpenedBundle,
): ExhibitOf<'Certificate'>[] {
  const embedded = exhibitsOf(exhibits, 'Import').map((each) => embeddedDigest(sha256, each));
  const imported = exhibitsOf(exhibits, 'Certificate').filter(
    (each) => each !== certificate && embedded.includes(each.digest),
  );
  return [certificate, ...imported];
}

/** SHA-256, hex, of the home certificate that an import embeds: as signed, nothing opened. */
export function embeddedDigest(sha256: Sha256, { statement }: ExhibitOf<'Import'>): string {
  const { certificate } = (statement as { credentialSubject: { certificate?: object } })
    .credentialSubject;
  return toHex(sha256(canonicalBytes(certificate)));
}
