import type { Decider, KeyRevocation } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isBefore, requirePast } from '../instant.js';
import { requireKeyHolder } from '../key-holder.js';
import { readKey, signerKeys, type KeyState } from '../key.js';
import { aboutKey, keyKey, partyKey, REGISTRY_KEY, writeState } from '../state-key.js';

/**
 * Revokes one key from a time on, also back in time: from now on nothing is recorded under it, and
 * what was recorded since that time is judged by whoever inspects the evidence.
 */
export const keyRevocation: Decider<KeyRevocation> = {
  touches(signed) {
    const { id, publicKeyMultibase: key } = signed.statement.credentialSubject;
    const named = [keyKey(key), aboutKey(key), partyKey(id), REGISTRY_KEY];
    return [...new Set([...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { id, publicKeyMultibase, effectiveFrom } = signed.statement.credentialSubject;
    requireKeyHolder(state, signed, at);
    const key = readKey(state, publicKeyMultibase);
    if (key?.party !== id)
      throw refuse(
        'reference-unknown',
        `${publicKeyMultibase} is no key of ${id}.`,
        '/credentialSubject/publicKeyMultibase',
      );
    requirePast(effectiveFrom, at, '/credentialSubject/effectiveFrom');
    if (key.revoked && !isBefore(effectiveFrom, key.revoked.effectiveFrom))
      throw refuse(
        'status-transition-invalid',
        `The key is revoked from ${key.revoked.effectiveFrom} already.`,
        '/credentialSubject/effectiveFrom',
      );
  },

  apply(state, { statement, digest }) {
    const { publicKeyMultibase, effectiveFrom, reason } = statement.credentialSubject;
    const key = readKey(state, publicKeyMultibase)!;
    const ended = key.validUntil !== null && isBefore(key.validUntil, effectiveFrom);
    const revoked: KeyState = {
      ...key,
      validUntil: ended ? key.validUntil : effectiveFrom,
      revoked: { reason, effectiveFrom, statement: digest },
    };
    return [writeState(keyKey(publicKeyMultibase), revoked)];
  },
};
