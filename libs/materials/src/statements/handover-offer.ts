import type { Decider, HandoverOffer, Opened, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireBatch, requireUsable } from '../batch.js';
import { isBefore, requireOrder, requirePast } from '../instant.js';
import { firstKeyOf, requireSigner, signerKeys } from '../key.js';
import type { OfferState } from '../offer.js';
import { requireParty } from '../party.js';
import { formatKilograms, parseDraw } from '../quantity.js';
import { aboutKey, batchKey, keyKey, offerKey, writeState } from '../state-key.js';
import { requireTitle } from '../title.js';

/**
 * The custodian offers a batch, or part of it, to one party until a time. While the offer is open,
 * the whole batch rests.
 */
export const handoverOffer: Decider<HandoverOffer> = {
  touches(signed) {
    const { batch, to } = signed.statement.credentialSubject;
    const named = [batchKey(batch), aboutKey(batch), offerKey(signed.digest)];
    return [...new Set([...named, keyKey(firstKeyOf(to)), ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { issuer, credentialSubject } = signed.statement;
    const { batch: id, dispatchedAt, validUntil } = credentialSubject;
    requireSigner(state, signed, at);
    const batch = requireUsable(state, id, issuer, at, '/credentialSubject/batch');
    const massMg = parseDraw(credentialSubject.quantity, batch.basis, QUANTITY);
    if (massMg > BigInt(batch.leftMg))
      throw refuse(
        'mass-exceeded',
        `${formatKilograms(BigInt(batch.leftMg))} kg are left of ${id}.`,
        QUANTITY,
      );
    requireReceiver(state, signed.statement);
    requireTitle(batch, issuer, credentialSubject.transfersTitle);
    requirePast(dispatchedAt, at, '/credentialSubject/dispatchedAt');
    requireOrder(batch.availableFrom, dispatchedAt, '/credentialSubject/dispatchedAt');
    if (isBefore(validUntil, at.recordedAt))
      throw refuse(
        'offer-lapsed',
        `The offer would have lapsed at ${validUntil}.`,
        '/credentialSubject/validUntil',
      );
  },

  apply(state, { statement, digest }) {
    const { batch: id, to, transfersTitle, dispatchedAt, validUntil } = statement.credentialSubject;
    const batch = requireBatch(state, id, '');
    const massMg = parseDraw(statement.credentialSubject.quantity, batch.basis, '').toString();
    const offer: OfferState = {
      statement: digest,
      batch: id,
      from: statement.issuer,
      to,
      massMg,
      transfersTitle,
      dispatchedAt,
      validUntil,
      answer: null,
    };
    return [
      writeState(batchKey(id), { ...batch, offer: { statement: digest, validUntil } }),
      writeState(offerKey(digest), offer),
    ];
  },
};

const QUANTITY = '/credentialSubject/quantity';

function requireReceiver(state: StateView, { issuer, credentialSubject }: Opened<HandoverOffer>) {
  const { to, transfersTitle } = credentialSubject;
  if (to === issuer)
    throw refuse('not-receiver', 'A party does not hand over to itself.', '/credentialSubject/to');
  const { roles } = requireParty(state, to, '/credentialSubject/to');
  if (transfersTitle && roles.every((role) => role === 'carrier'))
    throw refuse(
      'role-missing',
      `${to} is a carrier: it holds what others own.`,
      '/credentialSubject/transfersTitle',
    );
}
