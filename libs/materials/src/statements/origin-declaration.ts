import type { Decider, OriginDeclaration } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireBatch } from '../batch.js';
import { elementsOf } from '../composition.js';
import { placeOf } from '../log-place.js';
import { requireSigner, signerKeys } from '../key.js';
import { uniteOrigins } from '../origin-claims.js';
import { aboutKey, batchKey, writeState } from '../state-key.js';

/**
 * Adds what is known about the origin of material taken in, by the party that took it in or the
 * supplier it named. What was made of the batch before does not change; whoever reads its history
 * finds the declaration.
 */
export const originDeclaration: Decider<OriginDeclaration> = {
  touches(signed) {
    const { batch } = signed.statement.credentialSubject;
    return [batchKey(batch), aboutKey(batch), ...signerKeys(signed)];
  },

  decide(state, signed, at) {
    const { issuer, credentialSubject } = signed.statement;
    requireSigner(state, signed, at);
    const pointer = '/credentialSubject/batch';
    const { intake } = requireBatch(state, credentialSubject.batch, pointer);
    if (!intake)
      throw refuse(
        'reference-unknown',
        `${credentialSubject.batch} was not taken in from outside.`,
        pointer,
      );
    if (issuer !== intake.holder && issuer !== intake.supplier)
      throw refuse('not-issuer', `${issuer} neither took it in nor supplied it.`, '/issuer');
  },

  apply(state, { statement }, at) {
    const { batch: id, origins: claims } = statement.credentialSubject;
    const batch = requireBatch(state, id, '');
    const origins = uniteOrigins([...batch.origins, ...claims], elementsOf(batch.composition));
    const changed = { origins, changedAt: placeOf(at), standingAt: placeOf(at) };
    return [writeState(batchKey(id), { ...batch, ...changed })];
  },
};
