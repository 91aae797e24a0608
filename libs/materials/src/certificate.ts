import type { StateView } from '#lib/documents';
import type { Standing } from './standing.js';
import { certificateKey, readState } from './state-key.js';
import { isBefore } from './instant.js';

/** State of a certificate. */
export interface CertificateState extends Standing {
  id: string;
  batch: string;
  issuer: string;
  validFrom: string;
  validUntil: string;
  /** Its place, and the digest of its statement. */
  origin: string;
  index: number;
  statement: string;
  /** Entries below this size are what it states. */
  treeSize: number;
  /** Its index in the registry's Bitstring Status List of each purpose, decimal text. */
  statusListIndex: { revocation: string; suspension: string };
  supersededBy: string | null;
  /** Recognitions by which this log took in what is in the batch; sorted. */
  recognitions: string[];
}

/** The certificate, or undefined when the ledger holds none of that name. */
export function readCertificate(state: StateView, id: string): CertificateState | undefined {
  return readState<CertificateState>(state, certificateKey(id));
}

/** Whether the certificate may be relied on at that time: not ended, not suspended, not expired. */
export function isLive(certificate: CertificateState, recordedAt: string): boolean {
  return certificate.status === 'active' && !isBefore(certificate.validUntil, recordedAt);
}
