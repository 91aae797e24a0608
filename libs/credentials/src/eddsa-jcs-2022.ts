import { canonicalBytes, type Crypto, type Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';
import { listOf } from './credential.js';
import { instantOf } from './date-time.js';
import { formatBase58, parseBase58 } from './multikey.js';

/** What a proof is for (Data Integrity 1.0 §2.1): statements assert, presentations authenticate. */
export type ProofPurpose = 'assertionMethod' | 'authentication';

/** The options of a proof: all that is in it save the signature and the context. */
export interface ProofOptions {
  type: 'DataIntegrityProof';
  cryptosuite: 'eddsa-jcs-2022';
  /** RFC 3339 with offset. */
  created: string;
  /** DID URL of the key. */
  verificationMethod: string;
  proofPurpose: ProofPurpose;
  /** RFC 3339; for presentations only. */
  expires?: string;
  domain?: string;
  challenge?: string;
}

/** A Data Integrity 1.0 proof as it stands in a secured document. */
export interface DataIntegrityProof extends ProofOptions {
  '@context'?: string | string[];
  /** Multibase base58-btc of the 64 signature bytes. */
  proofValue: string;
}

/** Signs bytes with Ed25519 (RFC 8032 §5.1.6): 64 bytes. */
export type Sign = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;

interface JsonObject {
  readonly [name: string]: unknown;
}

/**
 * VC Data Integrity EdDSA 1.0 §3.3.1, Create Proof (eddsa-jcs-2022). The document must not yet
 * hold a proof. Throws `proof-invalid` when the options are of another suite.
 */
export async function createProof(
  sha256: Sha256,
  options: ProofOptions,
  unsecuredDocument: object,
  sign: Sign,
): Promise<DataIntegrityProof> {
  const context = (unsecuredDocument as JsonObject)['@context'] as DataIntegrityProof['@context'];
  const proof = { ...options, ...(context === undefined ? {} : { '@context': context }) }; // 1, 2
  const proofConfig = proofConfiguration(proof); // 3
  const transformedHash = sha256(canonicalBytes(unsecuredDocument)); // 4, 5
  const hashData = hashing(sha256, transformedHash, proofConfig); // 5
  const proofBytes = await sign(hashData); // 6
  return { ...proof, proofValue: formatBase58(proofBytes) }; // 7, 8
}

/** A document without its proofs, as far as to verify them goes. */
export interface UnsecuredDocument {
  context: unknown;
  /** SHA-256 of its RFC 8785 bytes (§3.3.3, §3.3.4); throws `malformed-json` when it is not JSON. */
  hash(): Uint8Array;
}

/** The document without its proofs; it is written and hashed once, for however many proofs. */
export function unsecuredDocument(sha256: Sha256, securedDocument: object): UnsecuredDocument {
  const { proof: _, ...unsecured } = securedDocument as JsonObject;
  let hash: Uint8Array | undefined;
  return {
    context: unsecured['@context'],
    hash: () => (hash ??= sha256(canonicalBytes(unsecured))),
  };
}

/**
 * VC Data Integrity EdDSA 1.0 §3.3.2, Verify Proof (eddsa-jcs-2022), for one proof of the document
 * under the 32-byte public key. In one point stricter than step 4.1, which lets `proof.@context` be
 * a prefix of the document's: it must be equal, or a stranger could append a context to a signed
 * document and change what its terms mean. Throws `proof-invalid` on another suite or a bad date.
 */
export async function verifyEddsaJcs2022(
  crypto: Crypto,
  document: UnsecuredDocument, // 1
  proof: object,
  publicKey: Uint8Array,
): Promise<boolean> {
  const { proofValue, ...proofOptions } = proof as JsonObject; // 2
  const proofBytes = typeof proofValue === 'string' ? parseBase58(proofValue) : undefined; // 3
  if (!proofBytes || !isSameContext(proofOptions['@context'], document.context)) return false; // 4
  requireSuite(proofOptions); // 5 (§3.3.3, 1)
  const transformedHash = document.hash(); // 5, 7
  const proofConfig = proofConfiguration(proofOptions); // 6
  const hashData = hashing(crypto.sha256, transformedHash, proofConfig); // 7
  return crypto.verifyEd25519(publicKey, hashData, proofBytes); // 8 (§3.3.7), 9
}

/** §3.3.4 Hashing: SHA-256 of the proof configuration, then that of the document; 64 bytes. */
function hashing(sha256: Sha256, transformedHash: Uint8Array, proofConfig: Uint8Array) {
  const hashData = new Uint8Array(64);
  hashData.set(transformedHash, 32); // 1
  hashData.set(sha256(proofConfig), 0); // 2
  return hashData; // 3, 4
}

/** §3.3.5 Proof Configuration: the options as RFC 8785 bytes. */
function proofConfiguration(options: JsonObject | ProofOptions): Uint8Array {
  requireSuite(options); // 1, 2
  if (options.created !== undefined && instantOf(options.created) === undefined)
    throw refuse('proof-invalid', '`created` is not an RFC 3339 date-time with offset.'); // 3
  return canonicalBytes(options); // 4, 5
}

function requireSuite(options: JsonObject | ProofOptions): void {
  if (options.type !== 'DataIntegrityProof' || options.cryptosuite !== 'eddsa-jcs-2022')
    throw refuse('proof-invalid', 'Only DataIntegrityProof with eddsa-jcs-2022 is admitted.');
}

/** Both absent, or the same values in the same order; a lone string is a list of one. */
function isSameContext(ofProof: unknown, ofDocument: unknown): boolean {
  const [ours, theirs] = [listOf(ofProof), listOf(ofDocument)];
  return (
    ours.length === theirs.length &&
    ours.every((item, i) => typeof item === 'string' && item === theirs[i])
  );
}
