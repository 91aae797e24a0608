import { unsecuredHash } from '#lib/documents';
import type { Crypto, ParsedStatement, Sha256, Signer } from '#lib/documents';
import { Problem, refuse } from '#lib/problem';
import { instantOf } from './date-time.js';
import { resolveDidKey, type KeyResolver } from './did-document.js';
import { parseVerificationMethod } from './did.js';
import { createProof, unsecuredDocument, verifyEddsaJcs2022 } from './eddsa-jcs-2022.js';
import type { DataIntegrityProof, ProofOptions, ProofPurpose } from './eddsa-jcs-2022.js';
import type { Sign, UnsecuredDocument } from './eddsa-jcs-2022.js';
import { formatPublicKey } from './multikey.js';

/** What the verifier demands of every proof besides a good signature. */
export interface ProofExpectation {
  /** Default `assertionMethod`. */
  proofPurpose?: ProofPurpose;
  domain?: string;
  challenge?: string;
  /** RFC 3339: the verifier's time. Without it a proof that `expires` is refused. */
  at?: string;
}

/** Who signs: the key's DID URL and its signature function. */
export interface ProofSigner {
  verificationMethod: string;
  sign: Sign;
}

/** Proofs in one proof set: enough for every party to a statement, and a bound on the work. */
export const MAX_PROOFS = 8;

const PREVIOUS_PROOF_REMEDY =
  'Sign as a proof set: every signer signs the same document without its proofs.';

/**
 * Verifies the single proof, or every proof of the proof set, of a secured document (Data Integrity
 * 1.0 §4.5) and returns who signed, in the order of the proofs. It says nothing about whether a
 * signer may speak for the issuer: keys are bound to parties by the ledger. Throws `proof-invalid`
 * with the pointer of the proof; `schema-violation` when a verificationMethod is no DID URL;
 * `malformed-json` when the document is not JSON.
 */
export async function verifyProof(
  crypto: Crypto,
  securedDocument: object,
  resolveKey: KeyResolver = resolveDidKey,
  expected: ProofExpectation = {},
): Promise<Signer[]> {
  const { proof } = securedDocument as { proof?: unknown };
  const document = unsecuredDocument(crypto.sha256, securedDocument);
  return verifyProofs(crypto, document, proof, resolveKey, expected);
}

/**
 * As `verifyProof`, for a statement with the exact bytes that it was read from: what its proofs cover
 * is cut out of them, and not written again.
 */
export async function verifyStatement(
  crypto: Crypto,
  { statement, bytes }: Pick<ParsedStatement, 'statement' | 'bytes'>,
  resolveKey: KeyResolver = resolveDidKey,
): Promise<Signer[]> {
  const hash = unsecuredHash(crypto.sha256, bytes);
  const document = { context: statement['@context'], hash: () => hash };
  return verifyProofs(crypto, document, statement.proof, resolveKey, {});
}

async function verifyProofs(
  crypto: Crypto,
  document: UnsecuredDocument,
  proof: unknown, // attacker-controlled: any JSON
  resolveKey: KeyResolver,
  expected: ProofExpectation,
): Promise<Signer[]> {
  const proofs: unknown[] = Array.isArray(proof) ? proof : [proof];
  if (proof === undefined || proofs.length === 0)
    throw refuse('proof-invalid', 'The document carries no proof.', '/proof');
  if (proofs.length > MAX_PROOFS)
    throw refuse('proof-invalid', `A proof set has at most ${MAX_PROOFS} proofs.`, '/proof');
  const signers = await Promise.all(
    proofs.map((each, i) => {
      const pointer = Array.isArray(proof) ? `/proof/${i}` : '/proof';
      return below(pointer, () => verifyOne(crypto, document, each, resolveKey, expected));
    }),
  );
  requireDistinct(signers);
  return signers;
}

/**
 * Throws `proof-invalid` unless one of the signers' DIDs is the document's issuer (VC Data Model 2.0
 * §4.7). For documents judged without a ledger: status lists, presentations of strangers'
 * credentials. In the ledger, state says which keys speak for a party.
 */
export function requireIssuerSigned(document: object, signers: readonly Signer[]): void {
  const { issuer } = document as { issuer?: unknown };
  const did = typeof issuer === 'object' ? (issuer as { id?: unknown } | null)?.id : issuer;
  if (!signers.some(({ verificationMethod }) => verificationMethod.split('#')[0] === did))
    throw refuse('proof-invalid', 'No proof is by a key of the issuer.', '/proof');
}

/**
 * The document with a further proof by `signer`: alone when it had none, else in a proof set, where
 * every proof covers the same unsecured document and their order means nothing.
 */
export async function signDocument<T extends object>(
  sha256: Sha256,
  document: T,
  signer: ProofSigner,
  options: Partial<ProofOptions> & { created: string },
): Promise<Omit<T, 'proof'> & { proof: DataIntegrityProof | DataIntegrityProof[] }> {
  const { proof: before, ...unsecured } = document as T & {
    proof?: DataIntegrityProof | DataIntegrityProof[];
  };
  const proof = await createProof(
    sha256,
    {
      type: 'DataIntegrityProof',
      cryptosuite: 'eddsa-jcs-2022',
      proofPurpose: 'assertionMethod',
      verificationMethod: signer.verificationMethod,
      ...options,
    },
    unsecured,
    signer.sign,
  );
  return { ...unsecured, proof: before === undefined ? proof : [before, proof].flat() };
}

/** Runs `verify`; a Problem in it comes out with its pointer below `pointer`. */
export async function below<T>(pointer: string, verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    // malformed-json speaks of the whole document, so its pointer is right as it is.
    if (!(error instanceof Problem) || error.problem === 'malformed-json') throw error;
    const { details } = error;
    throw new Problem(error.problem, { ...details, pointer: pointer + (details.pointer ?? '') });
  }
}

async function verifyOne(
  crypto: Crypto,
  document: UnsecuredDocument,
  proof: unknown, // attacker-controlled: any JSON
  resolveKey: KeyResolver,
  expected: ProofExpectation,
): Promise<Signer> {
  if (typeof proof !== 'object' || proof === null || Array.isArray(proof))
    throw refuse('proof-invalid', 'A proof is a JSON object.');
  const { verificationMethod, proofPurpose } = requireMembers(proof, expected);
  parseVerificationMethod(verificationMethod, '/verificationMethod');
  const publicKey = await resolveKey(verificationMethod, proofPurpose);
  if (!publicKey)
    throw refuse(
      'proof-invalid',
      `No key is known by ${verificationMethod} for ${proofPurpose}.`,
      '/verificationMethod',
      { remedy: 'Sign with a did:key, or with a key in the DID document of the registry.' },
    );
  if (!(await verifyEddsaJcs2022(crypto, document, proof, publicKey)))
    throw refuse('proof-invalid', `The signature by ${verificationMethod} does not verify.`);
  const publicKeyMultibase = formatPublicKey(publicKey);
  return { did: `did:key:${publicKeyMultibase}`, verificationMethod, publicKeyMultibase };
}

/** Data Integrity 1.0 §4.4, the checks on the members of a proof before any cryptography. */
function requireMembers(proof: object, expected: ProofExpectation) {
  const { verificationMethod, proofPurpose, domain, challenge, expires, previousProof } =
    proof as Record<string, unknown>;
  const purpose = expected.proofPurpose ?? 'assertionMethod';
  if (typeof verificationMethod !== 'string')
    throw refuse('proof-invalid', 'The proof names no key.', '/verificationMethod');
  if (proofPurpose !== purpose)
    throw refuse('proof-invalid', `The proof is not for ${purpose}.`, '/proofPurpose');
  if (previousProof !== undefined)
    throw refuse('proof-invalid', 'Proof chains are not admitted.', '/previousProof', {
      remedy: PREVIOUS_PROOF_REMEDY,
    });
  if (expected.domain !== undefined && domain !== expected.domain)
    throw refuse('proof-invalid', `The proof is not for ${expected.domain}.`, '/domain');
  if (expected.challenge !== undefined && challenge !== expected.challenge)
    throw refuse('proof-invalid', 'The proof answers another challenge.', '/challenge');
  if (expires !== undefined) requireUnexpired(expires, expected.at);
  return { verificationMethod, proofPurpose: purpose };
}

function requireUnexpired(expires: unknown, at: string | undefined): void {
  const [end, now] = [instantOf(expires), instantOf(at)];
  if (now === undefined)
    throw refuse('proof-invalid', 'The proof of a statement does not expire.', '/expires', {
      remedy: 'Sign without `expires`; end the validity of the statement with `validUntil`.',
    });
  if (end === undefined || end <= now)
    throw refuse('proof-invalid', 'The proof has expired.', '/expires');
}

/** One key signs once: a second proof by it would look like a second party. */
function requireDistinct(signers: readonly Signer[]): void {
  const twice = signers.findIndex(
    ({ publicKeyMultibase }, i) =>
      signers.findIndex((other) => other.publicKeyMultibase === publicKeyMultibase) < i,
  );
  if (twice > 0)
    throw refuse('proof-invalid', 'The same key signed twice.', `/proof/${twice}`, {
      remedy: 'Keep one proof by each key.',
    });
}
