import type { Decider, PartyRegistration } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  firstKeyOf,
  newKey,
  readKey,
  requireSignature,
  requireSigner,
  signerKeys,
} from '../key.js';
import type { PartyState } from '../party.js';
import { isHomeAuthority, requireRegistry } from '../registry.js';
import { aboutKey, keyKey, partyKey, readState, REGISTRY_KEY, writeState } from '../state-key.js';

/** Admits a party with its roles and keys; only an authority of this jurisdiction can. */
export const partyRegistration: Decider<PartyRegistration> = {
  touches(signed) {
    const { id, keys } = signed.statement.credentialSubject;
    const named = keys.flatMap((key) => [keyKey(key), aboutKey(key)]);
    return [...new Set([REGISTRY_KEY, partyKey(id), ...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { id, keys } = signed.statement.credentialSubject;
    const registry = requireRegistry(state);
    const signer = requireSigner(state, signed, at, { role: 'authority', besides: keys });
    if (!isHomeAuthority(signer, registry))
      throw refuse('role-missing', `Not an authority of ${registry.jurisdiction}.`, '/issuer');
    if (readState(state, partyKey(id)))
      throw refuse('already-registered', `${id} is registered.`, '/credentialSubject/id');
    if (keys[0] !== firstKeyOf(id))
      throw refuse(
        'not-issuer-scoped',
        'The party is named after its first key.',
        '/credentialSubject/keys/0',
      );
    for (const [i, key] of keys.entries()) {
      const pointer = `/credentialSubject/keys/${i}`;
      if (readKey(state, key) || keys.indexOf(key) !== i)
        throw refuse('already-registered', `The key ${key} is registered.`, pointer);
      requireSignature(signed, key, pointer);
    }
  },

  apply(_state, { statement, digest }, at) {
    const { id, country, roles, keys, lei } = statement.credentialSubject;
    const party: PartyState = { id, country, roles, keys, lei: lei ?? null, registered: digest };
    return [
      writeState(partyKey(id), party),
      ...keys.map((key) => writeState(keyKey(key), newKey(key, { party: id, country, roles }, at))),
    ];
  },
};
