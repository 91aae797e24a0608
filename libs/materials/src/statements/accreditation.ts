import type { Accreditation, Decider } from '#lib/documents';
import { refuse } from '#lib/problem';
import type { AccreditationState } from '../accreditation.js';
import { firstKeyOf, requireSigner, signerKeys } from '../key.js';
import { requireParty, requireScope } from '../party.js';
import { goodStanding } from '../standing.js';
import { aboutKey, accreditationKey, keyKey, readState, writeState } from '../state-key.js';

/** An accreditation body says that a holder works to a standard, within a scope and between dates. */
export const accreditation: Decider<Accreditation> = {
  touches(signed) {
    const { id, holder } = signed.statement.credentialSubject;
    const named = [accreditationKey(id), aboutKey(id), keyKey(firstKeyOf(holder))];
    return [...new Set([...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { id, holder, validFrom, validUntil } = signed.statement.credentialSubject;
    requireSigner(state, signed, at, { role: 'accreditation-body' });
    requireScope(id, signed.statement.issuer, '/credentialSubject/id');
    if (readState(state, accreditationKey(id)))
      throw refuse('already-registered', `${id} is registered.`, '/credentialSubject/id');
    requireParty(state, holder, '/credentialSubject/holder');
    if (validUntil < validFrom)
      throw refuse(
        'time-out-of-order',
        `It would end on ${validUntil}, before it begins on ${validFrom}.`,
        '/credentialSubject/validUntil',
      );
  },

  apply(_state, { statement, digest }) {
    const { id, holder, standard, scope, validFrom, validUntil } = statement.credentialSubject;
    const given = { id, issuer: statement.issuer, holder, standard, scope, validFrom, validUntil };
    const state: AccreditationState = { ...goodStanding(), ...given, given: digest };
    return [writeState(accreditationKey(id), state)];
  },
};
