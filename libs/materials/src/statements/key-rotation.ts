import type { At, Decider, KeyRotation, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isBefore, laterOf } from '../instant.js';
import { keyOwner, requireKeyHolder, withKeys } from '../key-holder.js';
import { newKey, readKey, requireSignature, signerKeys } from '../key.js';
import { aboutKey, keyKey, partyKey, REGISTRY_KEY, writeState } from '../state-key.js';

/** Adds keys to a party or registry and retires others. A retirement never reaches into the past. */
export const keyRotation: Decider<KeyRotation> = {
  touches(signed) {
    const { id, add, retire } = signed.statement.credentialSubject;
    const keys = [...add, ...retire.map(({ publicKeyMultibase }) => publicKeyMultibase)];
    const named = keys.flatMap((key) => [keyKey(key), aboutKey(key)]);
    return [...new Set([REGISTRY_KEY, partyKey(id), ...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { id, add, retire } = signed.statement.credentialSubject;
    requireKeyHolder(state, signed, at, add);
    for (const [i, key] of add.entries()) {
      const pointer = `/credentialSubject/add/${i}`;
      if (readKey(state, key) || add.indexOf(key) !== i)
        throw refuse('already-registered', `The key ${key} is registered.`, pointer);
      requireSignature(signed, key, pointer);
    }
    for (const [i, { publicKeyMultibase }] of retire.entries())
      if (readKey(state, publicKeyMultibase)?.party !== id)
        throw refuse(
          'reference-unknown',
          `${publicKeyMultibase} is no key of ${id}.`,
          `/credentialSubject/retire/${i}/publicKeyMultibase`,
        );
  },

  apply(state, { statement }, at) {
    const { id, add, retire } = statement.credentialSubject;
    const owner = keyOwner(state, id);
    return [
      withKeys(state, id, add),
      ...add.map((key) => writeState(keyKey(key), newKey(key, owner, at))),
      ...retire.map((each) => retirement(state, each, at)),
    ];
  },
};

function retirement(
  state: StateView,
  { publicKeyMultibase, at: retiredAt }: { publicKeyMultibase: string; at: string },
  at: At,
): StateWrite {
  const key = readKey(state, publicKeyMultibase)!;
  const end = laterOf(retiredAt, at.recordedAt);
  const validUntil = key.validUntil && isBefore(key.validUntil, end) ? key.validUntil : end;
  return writeState(keyKey(publicKeyMultibase), { ...key, validUntil });
}
