import type { Crypto, Signer } from '#lib/documents';
import { refuse } from '#lib/problem';
import { CREDENTIALS_V2, listOf, verifyCredentialRules } from './credential.js';
import { below, requireIssuerSigned, verifyProof } from './data-integrity.js';
import { resolveDidKey, type KeyResolver } from './did-document.js';
import { parseDid } from './did.js';
import type { DataIntegrityProof } from './eddsa-jcs-2022.js';

/** A Verifiable Presentation (VC Data Model 2.0 §4.13) as sessions use it. */
export interface Presentation {
  '@context': string[];
  type: string[];
  /** The DID of the party that presents. */
  holder: string;
  verifiableCredential?: object[];
  proof?: DataIntegrityProof | DataIntegrityProof[];
}

/** What the verifier asked for: its own domain and a challenge used once (Data Integrity §2.1). */
export interface PresentationExpectation {
  domain: string;
  challenge: string;
  /** RFC 3339: the verifier's time, needed when the proof carries `expires`. */
  at?: string;
}

/** Who presents, and the keys that signed for it. */
export interface PresentationVerdict {
  holder: string;
  signers: Signer[];
}

const MAX_CREDENTIALS = 16;

/** The unsigned presentation with which a party opens a session; sign it for `authentication`. */
export function presentationBy(holder: string): Presentation {
  parseDid(holder, '/holder');
  return { '@context': [CREDENTIALS_V2], type: ['VerifiablePresentation'], holder };
}

/**
 * Verifies a presentation: every proof for `authentication`, this domain and this challenge, and
 * every credential inside by its own issuer. Returns the holder and the signing keys; whether a key
 * speaks for the holder is for the ledger to say. Throws `schema-violation` or `proof-invalid`.
 */
export async function verifyPresentation(
  crypto: Crypto,
  presentation: object,
  expected: PresentationExpectation,
  resolveKey: KeyResolver = resolveDidKey,
): Promise<PresentationVerdict> {
  const { holder, verifiableCredential } = requireMembers(presentation);
  const signers = await verifyProof(crypto, presentation, resolveKey, {
    ...expected,
    proofPurpose: 'authentication',
  });
  for (const [i, credential] of verifiableCredential.entries())
    await below(`/verifiableCredential/${i}`, () =>
      verifyCredential(crypto, credential, resolveKey),
    );
  return { holder, signers };
}

function requireMembers(presentation: object) {
  const { type, holder, ...rest } = presentation as Record<string, unknown>;
  if (listOf(rest['@context'])[0] !== CREDENTIALS_V2)
    throw refuse('schema-violation', `The first context is not ${CREDENTIALS_V2}.`, '/@context');
  if (!listOf(type).includes('VerifiablePresentation'))
    throw refuse('schema-violation', 'The type lacks VerifiablePresentation.', '/type');
  if (typeof holder !== 'string')
    throw refuse('schema-violation', 'The presentation names no holder.', '/holder');
  parseDid(holder, '/holder');
  const verifiableCredential = listOf(rest.verifiableCredential);
  if (verifiableCredential.length > MAX_CREDENTIALS)
    throw refuse(
      'schema-violation',
      `More than ${MAX_CREDENTIALS} credentials.`,
      '/verifiableCredential',
    );
  return { holder, verifiableCredential };
}

async function verifyCredential(
  crypto: Crypto,
  credential: unknown, // attacker-controlled: any JSON
  resolveKey: KeyResolver,
): Promise<void> {
  if (typeof credential !== 'object' || credential === null)
    throw refuse('schema-violation', 'A credential is a JSON object.');
  verifyCredentialRules(credential);
  requireIssuerSigned(credential, await verifyProof(crypto, credential, resolveKey));
}
