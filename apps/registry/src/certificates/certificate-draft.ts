import { randomBytes } from 'node:crypto';
import { statusEntry } from '#lib/credentials';
import { blindedDigest, type Certificate, type Disclosure, type Json } from '#lib/documents';
import type { Recorded } from '#lib/materials';
import { CONTEXT } from '../context.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';
import type { Registry } from '../registry.js';

/** How long a certificate may be relied upon before it is drawn up again. */
const VALID_DAYS = 730;
const DAY_MS = 86_400_000;

/** The facts of a certificate with every value open, and the tree head that they rest on. */
export type CertificateSubject = Certificate['credentialSubject'];

/** An unsigned certificate, with what opens the values that stay secret in it. */
export interface CertificateDraft {
  statement: Omit<Certificate, 'proof'>;
  disclosures: Disclosure[];
}

/** What a certificate is drawn up from. */
export interface DraftParts {
  /** `did:web:…/certificates/<32 hex>` */
  id: string;
  subject: CertificateSubject;
  /** The statements behind the facts; they say what is a secret. */
  records: readonly LedgerRecord[];
  statusListIndex: number;
  /** RFC 3339. */
  validFrom: string;
}

/** Draws up the certificate. A mass that its sources blinded stays blinded, under a new salt. */
export function draftCertificate(registry: Registry, parts: DraftParts): CertificateDraft {
  const { did, url } = registry.identity;
  const { sha256 } = registry.verifier;
  const disclosures: Disclosure[] = [];
  const blind = <T>(value: T): T => {
    const salt = randomBytes(16).toString('base64url');
    disclosures.push({ salt, value: value as Json });
    return { blinded: blindedDigest(sha256, salt, value as Json) } as T;
  };
  const { subject, records } = parts;
  const { quantity } = subject;
  const purposes = ['revocation', 'suspension'] as const;
  const statement = {
    '@context': [...CONTEXT] as unknown as Certificate['@context'],
    id: parts.id,
    type: ['VerifiableCredential', 'Certificate'] as Certificate['type'],
    issuer: did,
    validFrom: parts.validFrom,
    validUntil: daysAfter(parts.validFrom, VALID_DAYS),
    credentialSubject: {
      ...subject,
      quantity: isSecretQuantity(subject.id, records) ? blind(quantity) : quantity,
    },
    credentialStatus: purposes.map((purpose) =>
      statusEntry(`${url}/status/${purpose}`, purpose, parts.statusListIndex),
    ),
  };
  return { statement, disclosures };
}

/** A new name for a certificate: 128 random bits, so that only who is told can ask for it. */
export function newCertificateId(did: string): string {
  return `${did}/certificates/${randomBytes(16).toString('hex')}`;
}

/** The mass is a secret when any statement about this batch blinded a mass: what is left tells it. */
function isSecretQuantity(batch: string, records: readonly LedgerRecord[]): boolean {
  return records.some(
    (record) =>
      speaksOf(batch, record) && record.disclosures.some(({ value }) => isQuantity(value)),
  );
}

function speaksOf(batch: string, { signed }: Recorded): boolean {
  return JSON.stringify(signed.statement.credentialSubject).includes(JSON.stringify(batch));
}

function isQuantity(value: Json): boolean {
  return typeof value === 'object' && value !== null && 'unit' in value;
}

function daysAfter(time: string, days: number): string {
  return `${new Date(Date.parse(time) + days * DAY_MS).toISOString().slice(0, 19)}Z`;
}
