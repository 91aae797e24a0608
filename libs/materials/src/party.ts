import type { Role, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { firstKeyOf, readKey, type KeyState } from './key.js';

/** State of a party. Its name may be blinded, so it stays in its statement. */
export interface PartyState {
  id: string;
  country: string;
  roles: Role[];
  /** Every key it ever registered; `key:` says which are still valid. */
  keys: string[];
  lei: string | null;
  /** Digest of the statement that registered it. */
  registered: string;
}

/**
 * The first key of a party that a statement names besides its issuer: it exists as long as the party
 * does. Throws `party-unknown` at `pointer`. Touch `key:` of `firstKeyOf(did)`.
 */
export function requireParty(state: StateView, did: string, pointer: string): KeyState {
  const key = readKey(state, firstKeyOf(did));
  if (key?.party === did) return key;
  throw refuse('party-unknown', `${did} is not registered here.`, pointer);
}

/** Throws `not-issuer-scoped` at `pointer` unless the identifier stands in the issuer's own name. */
export function requireScope(id: string, issuer: string, pointer: string): void {
  if (id.startsWith(`${issuer}/`)) return;
  throw refuse('not-issuer-scoped', `${id} does not begin with ${issuer}/.`, pointer);
}
