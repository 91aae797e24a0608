import type { At, Decider, RegistryGenesis, Signed, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import { firstKeyOf, newKey, requireSignature } from '../key.js';
import type { PartyState } from '../party.js';
import type { RegistryState } from '../registry.js';
import { aboutKey, keyKey, partyKey, readState, REGISTRY_KEY, writeState } from '../state-key.js';

/** Index 0 of a log: the registry, its keys, and the authority that registers everybody else. */
export const registryGenesis: Decider<RegistryGenesis> = {
  touches({ statement }) {
    const { id, keys, authority } = statement.credentialSubject;
    const allKeys = [...keys, firstKeyOf(authority)];
    return [
      REGISTRY_KEY,
      partyKey(id),
      partyKey(authority),
      ...allKeys.flatMap((key) => [keyKey(key), aboutKey(key)]),
    ];
  },

  decide(state, signed, at) {
    const { id, origin, keys, authority } = signed.statement.credentialSubject;
    if (at.index !== 0 || readState(state, REGISTRY_KEY))
      throw refuse(
        'already-registered',
        'A log has one genesis, at index 0.',
        '/credentialSubject/id',
      );
    if (signed.statement.issuer !== id)
      throw refuse('not-issuer', 'A genesis is issued by the registry it names.', '/issuer');
    if (origin !== at.origin)
      throw refuse(
        'reference-unknown',
        `This log’s origin is ${at.origin}.`,
        '/credentialSubject/origin',
      );
    if (keys.includes(firstKeyOf(authority)))
      throw refuse(
        'already-registered',
        'The authority has a key of its own, not the registry’s.',
        '/credentialSubject/authority',
      );
    for (const [i, key] of keys.entries())
      requireSignature(signed, key, `/credentialSubject/keys/${i}`);
    requireNoStranger(signed, keys);
  },

  apply(_state: StateView, signed: Signed<RegistryGenesis>, at: At): StateWrite[] {
    const { keys, authority, jurisdiction, id } = signed.statement.credentialSubject;
    const home = { party: id, country: jurisdiction, roles: [] };
    const ruler = { party: authority, country: jurisdiction, roles: ['authority' as const] };
    const authorityKey = firstKeyOf(authority);
    return [
      writeState(REGISTRY_KEY, registryState(signed)),
      writeState(partyKey(authority), authorityState(signed)),
      writeState(keyKey(authorityKey), newKey(authorityKey, ruler, at)),
      ...keys.map((key) => writeState(keyKey(key), newKey(key, home, at))),
    ];
  },
};

function requireNoStranger(signed: Signed<RegistryGenesis>, keys: readonly string[]): void {
  for (const { publicKeyMultibase } of signed.signers)
    if (!keys.includes(publicKeyMultibase))
      throw refuse('key-not-valid', `${publicKeyMultibase} is no key of the registry.`, '/proof');
}

function registryState({ statement, digest }: Signed<RegistryGenesis>): RegistryState {
  const { id, name, jurisdiction, origin, logKey, keys, authority, yieldBands } =
    statement.credentialSubject;
  const state = { id, name, jurisdiction, origin, logKey, keys, authority, yieldBands };
  return { ...state, genesis: digest };
}

function authorityState({ statement, digest }: Signed<RegistryGenesis>): PartyState {
  const { authority: id, jurisdiction: country } = statement.credentialSubject;
  const keys = [firstKeyOf(id)];
  return { id, country, roles: ['authority'], keys, lei: null, registered: digest };
}
