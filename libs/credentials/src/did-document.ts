import { refuse } from '#lib/problem';
import { instantOf } from './date-time.js';
import {
  parseDid,
  parseVerificationMethod,
  verificationMethodOf,
  type VerificationMethodId,
} from './did.js';
import type { ProofPurpose } from './eddsa-jcs-2022.js';
import { parsePublicKey } from './multikey.js';

/** The 32-byte key that a DID URL names for a purpose, or undefined when none is known. */
export type KeyResolver = (
  verificationMethod: string,
  proofPurpose: ProofPurpose,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** One key of a controlled identifier (Controlled Identifiers 1.0 §2.2). */
export interface VerificationMethod {
  id: string;
  type: 'Multikey';
  controller: string;
  publicKeyMultibase: string;
  /** RFC 3339: proofs made from then on are not by this key. */
  expires?: string;
  /** RFC 3339: as `expires`, but ended by decision. Proofs recorded before stay good. */
  revoked?: string;
}

/** A registry's DID document (DID Core 1.0 §5): every key it ever signed statements with. */
export interface DidDocument {
  '@context': string[];
  id: string;
  verificationMethod: VerificationMethod[];
  assertionMethod: string[];
  authentication: string[];
}

/** A registry's key, with the times that end it. */
export type RegistryKey = Pick<VerificationMethod, 'publicKeyMultibase' | 'expires' | 'revoked'>;

const CONTEXT = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'];

/**
 * The DID document of a registry. Retired keys stay, with `expires` or `revoked`: a did:web that
 * drops them makes every older certificate unverifiable. Log and witness keys are not in it, for
 * they never sign statements. Throws `schema-violation` on a malformed DID or key.
 */
export function registryDidDocument(did: string, keys: readonly RegistryKey[]): DidDocument {
  parseDid(did, '/id');
  const verificationMethod = keys.map((key, i): VerificationMethod => {
    parsePublicKey(key.publicKeyMultibase, `/verificationMethod/${i}/publicKeyMultibase`);
    const id = verificationMethodOf(did, key.publicKeyMultibase);
    return { id, type: 'Multikey', controller: did, ...key };
  });
  const ids = verificationMethod.map(({ id }) => id);
  return {
    '@context': CONTEXT,
    id: did,
    verificationMethod,
    assertionMethod: ids,
    authentication: ids,
  };
}

/**
 * Checks a DID document from a stranger (a bundle, another registry) and returns it: its keys are
 * Ed25519 Multikeys of its own, each named once. Throws `schema-violation` with the pointer.
 */
export function parseDidDocument(value: unknown, pointer = ''): DidDocument {
  const document = value as Partial<DidDocument> | null;
  if (typeof document !== 'object' || document === null || typeof document.id !== 'string')
    throw refuse('schema-violation', 'Not a DID document.', pointer);
  parseDid(document.id, `${pointer}/id`);
  const methods = listAt(document.verificationMethod, `${pointer}/verificationMethod`);
  methods.forEach((method, i) =>
    requireMethod(document.id!, method, `${pointer}/verificationMethod/${i}`),
  );
  if (new Set(methods.map(({ id }) => id)).size < methods.length)
    throw refuse('schema-violation', 'A key is named twice.', `${pointer}/verificationMethod`);
  listAt(document.assertionMethod, `${pointer}/assertionMethod`);
  listAt(document.authentication ?? [], `${pointer}/authentication`);
  return document as DidDocument;
}

/**
 * The key that `id` names in one of the documents, if its document lists it for the purpose
 * (Controlled Identifiers 1.0 §3.3). Its `expires` and `revoked` are the caller's to judge, at the
 * time that the signed statement was recorded.
 */
export function resolveVerificationMethod(
  documents: readonly DidDocument[],
  id: string,
  purpose: ProofPurpose,
): VerificationMethod | undefined {
  return methodOf(documents, parseVerificationMethod(id), purpose);
}

/** Resolves did:key from itself and did:web from the given DID documents, never from the network. */
export function didResolver(documents: readonly DidDocument[]): KeyResolver {
  return (id, purpose) => {
    const parsed = parseVerificationMethod(id);
    if (parsed.did.method === 'key') return parsePublicKey(parsed.did.identifier);
    const method = methodOf(documents, parsed, purpose);
    return method && parsePublicKey(method.publicKeyMultibase);
  };
}

/** Resolves did:key alone (did:key §3.1), which needs no document; for all else undefined. */
export const resolveDidKey: KeyResolver = didResolver([]);

/** False once the key has expired or was revoked at the RFC 3339 instant `at`. */
export function isKeyValidAt(method: RegistryKey, at: string): boolean {
  const now = instantOf(at);
  return [method.expires, method.revoked].every((end) => {
    if (end === undefined) return true;
    const ends = instantOf(end);
    return now !== undefined && ends !== undefined && now < ends;
  });
}

function methodOf(
  documents: readonly DidDocument[],
  { id, did }: VerificationMethodId,
  purpose: ProofPurpose,
): VerificationMethod | undefined {
  const document = documents.find((each) => each.id === did.did);
  if (!(document?.[purpose] ?? []).includes(id)) return undefined;
  return document!.verificationMethod.find((method) => method.id === id);
}

function requireMethod(did: string, method: VerificationMethod, pointer: string): void {
  const isOurs = method?.type === 'Multikey' && method.controller === did;
  if (!isOurs || typeof method.publicKeyMultibase !== 'string' || typeof method.id !== 'string')
    throw refuse('schema-violation', 'Not a Multikey controlled by this DID.', pointer);
  parsePublicKey(method.publicKeyMultibase, `${pointer}/publicKeyMultibase`);
  const { did: owner } = parseVerificationMethod(method.id, `${pointer}/id`);
  if (owner.did !== did)
    throw refuse('schema-violation', 'The key is named under another DID.', `${pointer}/id`);
  for (const name of ['expires', 'revoked'] as const)
    if (method[name] !== undefined && instantOf(method[name]) === undefined)
      throw refuse('schema-violation', 'Not an RFC 3339 date-time.', `${pointer}/${name}`);
}

function listAt<T>(value: readonly T[] | undefined, pointer: string): readonly T[] {
  if (Array.isArray(value) && value.length <= 64) return value;
  throw refuse('schema-violation', 'Not a list of at most 64 items.', pointer);
}
