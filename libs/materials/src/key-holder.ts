import type { At, KeyRevocation, KeyRotation, Signed, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isBefore, laterOf } from './instant.js';
import { requireSigner, type KeyState } from './key.js';
import type { PartyState } from './party.js';
import {
  isHomeAuthority,
  requireRegistry,
  type LogKeyState,
  type RegistryState,
} from './registry.js';
import { partyKey, readState, REGISTRY_KEY, writeState } from './state-key.js';

type Rotation = KeyRotation['credentialSubject'];

/**
 * Throws unless the issuer holds the keys itself or is an authority of this jurisdiction:
 * `reference-unknown`, `not-issuer`, and what `requireSigner` throws. The keys in `besides` may sign
 * too.
 */
export function requireKeyHolder(
  state: StateView,
  signed: Signed<KeyRotation | KeyRevocation>,
  at: At,
  besides: readonly string[] = [],
): void {
  const { issuer, credentialSubject } = signed.statement;
  const { id } = credentialSubject;
  const registry = requireRegistry(state);
  const signer = requireSigner(state, signed, at, { besides });
  if (id !== registry.id && !readState(state, partyKey(id)))
    throw refuse('reference-unknown', `${id} is not registered here.`, '/credentialSubject/id');
  if (issuer !== id && !isHomeAuthority(signer, registry))
    throw refuse('not-issuer', `${issuer} is neither ${id} nor the authority.`, '/issuer');
}

/** Whose keys they are, as `key:` repeats it. */
export function keyOwner(
  state: StateView,
  id: string,
): Pick<KeyState, 'party' | 'country' | 'roles'> {
  const party = readState<PartyState>(state, partyKey(id));
  if (party) return { party: id, country: party.country, roles: party.roles };
  return { party: id, country: requireRegistry(state).jurisdiction, roles: [] };
}

/** The party or the registry with further keys on its list, and the registry's log with them. */
export function withKeys(state: StateView, { id, add, logKeys }: Rotation, at: At): StateWrite {
  const party = readState<PartyState>(state, partyKey(id));
  if (party) return writeState(partyKey(id), { ...party, keys: [...party.keys, ...add] });
  const registry: RegistryState = requireRegistry(state);
  const rotated = logKeys ? rotatedLogKeys(registry.logKeys, logKeys, at) : registry.logKeys;
  return writeState(REGISTRY_KEY, {
    ...registry,
    keys: [...registry.keys, ...add],
    logKeys: rotated,
  });
}

function rotatedLogKeys(
  before: readonly LogKeyState[],
  { add, retire }: NonNullable<Rotation['logKeys']>,
  { recordedAt }: At,
): LogKeyState[] {
  const kept = before.map((key) => {
    const ended = retire.find(({ logKey }) => logKey === key.logKey);
    if (!ended) return key;
    const end = laterOf(ended.at, recordedAt);
    const isEnded = key.validUntil !== null && isBefore(key.validUntil, end);
    return { ...key, validUntil: isEnded ? key.validUntil : end };
  });
  const added = add.map((logKey) => ({ logKey, validFrom: recordedAt, validUntil: null }));
  return [...kept, ...added];
}
