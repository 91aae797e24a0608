import type { At, Signed, StateView } from '#lib/documents';
import type { Role, Statement } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isBefore } from './instant.js';
import { keyKey, readState } from './state-key.js';

/** State of one public key. Roles and country of its party stand here too, for one-hop reading. */
export interface KeyState {
  publicKeyMultibase: string;
  /** The party's DID, or the registry's. */
  party: string;
  country: string;
  roles: Role[];
  /** The recorded time of the statement that registered it. */
  validFrom: string;
  /** The key is valid before this time; null while it is neither retired nor revoked. */
  validUntil: string | null;
  /** Set once a KeyRevocation is recorded. */
  revoked: { reason: string; effectiveFrom: string; statement: string } | null;
}

/** What a signer must be, beyond holding a valid key of the issuer. */
export interface SignerRequirement {
  /** The issuer must have been registered with this role. */
  role?: Role;
  /** DIDs of parties, or Multikeys, that may sign beside the issuer. */
  besides?: readonly string[];
  /** Whether a signer that is none of these may sign too; asked with its state, if it has any. */
  admits?: (key: KeyState) => boolean;
}

/** The state keys that `requireSigner` reads: the issuer's first key and every signer's. */
export function signerKeys(signed: Signed<Statement>): string[] {
  const { issuer } = signed.statement;
  const first = issuer.startsWith(DID_KEY) ? [firstKeyOf(issuer)] : [];
  const signers = signed.signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  return [...new Set([...first, ...signers])].map(keyKey);
}

/**
 * The issuer's own key that signed, valid at the recorded time. Throws `party-unknown` when the
 * issuer is not registered, `key-not-valid` when none of its valid keys signed or when a key signed
 * that has no part in the statement, and `role-missing`.
 *
 * A stranger's extra proof is refused because it would make another statement of the same words: an
 * offer already answered could so be opened again without its issuer.
 */
export function requireSigner(
  state: StateView,
  signed: Signed<Statement>,
  at: At,
  { role, besides = [], admits }: SignerRequirement = {},
): KeyState {
  const { issuer } = signed.statement;
  if (issuer.startsWith(DID_KEY) && !readKey(state, firstKeyOf(issuer)))
    throw refuse('party-unknown', `${issuer} is not registered here.`, '/issuer');
  let own: KeyState | undefined;
  for (const { publicKeyMultibase } of signed.signers) {
    const key = readKey(state, publicKeyMultibase);
    if (key?.party === issuer) {
      requireValid(key, at);
      own ??= key;
    } else if (!besides.includes(publicKeyMultibase)) {
      if (key && (besides.includes(key.party) || admits?.(key))) requireValid(key, at);
      else throw refuse('key-not-valid', notAPart(publicKeyMultibase, key, issuer), '/proof');
    }
  }
  if (!own) throw refuse('key-not-valid', `No key of ${issuer} signed.`, '/proof');
  if (role && !own.roles.includes(role))
    throw refuse('role-missing', `${issuer} is not registered as ${role}.`, '/issuer');
  return own;
}

/** Whether the key may sign what is recorded at that time. */
export function isValidAt(key: KeyState, recordedAt: string): boolean {
  return key.validUntil === null || isBefore(recordedAt, key.validUntil);
}

/** The state of a key, or undefined when nobody registered it. */
export function readKey(state: StateView, publicKeyMultibase: string): KeyState | undefined {
  return readState<KeyState>(state, keyKey(publicKeyMultibase));
}

/** A key as it is first registered. */
export function newKey(
  publicKeyMultibase: string,
  owner: Pick<KeyState, 'party' | 'country' | 'roles'>,
  at: At,
): KeyState {
  const { party, country, roles } = owner;
  const life = { validFrom: at.recordedAt, validUntil: null, revoked: null };
  return { publicKeyMultibase, party, country, roles, ...life };
}

/** The Multikey that a did:key is made of: the first key of the party that has this name. */
export function firstKeyOf(did: string): string {
  return did.slice(DID_KEY.length);
}

/** Throws `signer-missing` at `pointer` unless this very key signed. */
export function requireSignature(
  signed: Signed<Statement>,
  publicKeyMultibase: string,
  pointer: string,
): void {
  if (signed.signers.some((signer) => signer.publicKeyMultibase === publicKeyMultibase)) return;
  throw refuse('signer-missing', `The key ${publicKeyMultibase} did not sign.`, pointer);
}

const DID_KEY = 'did:key:';

function requireValid(key: KeyState, at: At): void {
  if (isValidAt(key, at.recordedAt)) return;
  const why = key.revoked ? `was revoked (${key.revoked.reason})` : 'was retired';
  throw refuse(
    'key-not-valid',
    `The key ${key.publicKeyMultibase} ${why} from ${key.validUntil}.`,
    '/proof',
  );
}

function notAPart(publicKeyMultibase: string, key: KeyState | undefined, issuer: string): string {
  return key
    ? `${key.party} has no part in this statement of ${issuer}, yet its key signed.`
    : `The key ${publicKeyMultibase} is not registered for ${issuer}.`;
}
