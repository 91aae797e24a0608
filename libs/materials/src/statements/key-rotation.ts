import type { At, Decider, KeyRotation, Signed, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isBefore, laterOf } from '../instant.js';
import { keyOwner, requireKeyHolder, withKeys } from '../key-holder.js';
import { newKey, readKey, requireSignature, signerKeys } from '../key.js';
import { requireRegistry } from '../registry.js';
import { aboutKey, keyKey, partyKey, REGISTRY_KEY, writeState } from '../state-key.js';

/**
 * Adds keys to a party or registry and retires others, of a registry those of its log too. A
 * retirement never reaches into the past.
 */
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
    if (signed.statement.credentialSubject.logKeys) requireLogKeys(state, signed);
  },

  apply(state, { statement }, at) {
    const { id, add, retire } = statement.credentialSubject;
    const owner = keyOwner(state, id);
    return [
      withKeys(state, statement.credentialSubject, at),
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

/** Throws unless the registry speaks of its own log, and some key of the log goes on for ever. */
function requireLogKeys(state: StateView, { statement }: Signed<KeyRotation>): void {
  const { id, logKeys } = statement.credentialSubject;
  const registry = requireRegistry(state);
  const pointer = '/credentialSubject/logKeys';
  if (id !== registry.id || statement.issuer !== id)
    throw refuse('not-issuer', 'A registry alone names the keys of its log.', pointer);
  const known = registry.logKeys.map(({ logKey }) => logKey);
  for (const [i, key] of logKeys!.add.entries()) {
    if (known.includes(key))
      throw refuse('already-registered', `${key} is a key of the log.`, `${pointer}/add/${i}`);
    if (!key.startsWith(`${registry.origin}+`))
      throw refuse(
        'not-issuer-scoped',
        `It is no key of ${registry.origin}.`,
        `${pointer}/add/${i}`,
      );
  }
  for (const [i, { logKey }] of logKeys!.retire.entries())
    if (!known.includes(logKey))
      throw refuse(
        'reference-unknown',
        `${logKey} is no key of the log.`,
        `${pointer}/retire/${i}/logKey`,
      );
  const ended = new Set(logKeys!.retire.map(({ logKey }) => logKey));
  const lasting = registry.logKeys.filter(
    ({ logKey, validUntil }) => validUntil === null && !ended.has(logKey),
  );
  if (lasting.length + logKeys!.add.length > 0) return;
  throw refuse('reference-unknown', 'No key would be left to sign the log.', `${pointer}/retire`);
}
