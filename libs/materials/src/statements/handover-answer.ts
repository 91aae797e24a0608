import type { At, Decider, HandoverAnswer, Opened, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  newBatch,
  requireActive,
  requireBatch,
  requireNewBatch,
  type BatchState,
} from '../batch.js';
import { isBefore, requireOrder, requirePast } from '../instant.js';
import { requireSigner, signerKeys } from '../key.js';
import { placeOf } from '../log-place.js';
import { requireOffer, type OfferState } from '../offer.js';
import { requireScope } from '../party.js';
import { formatKilograms, parseDraw } from '../quantity.js';
import { aboutKey, batchKey, offerKey, writeState } from '../state-key.js';

/**
 * The receiver accepts or refuses an offer. Accepting all that is left moves the batch itself;
 * accepting less makes a new batch in the receiver's name and leaves the rest with the sender.
 */
export const handoverAnswer: Decider<HandoverAnswer> = {
  touches(signed) {
    const { offer, batch, newBatch: part } = signed.statement.credentialSubject;
    const batches = part === undefined ? [batch] : [batch, part];
    const named = batches.flatMap((id) => [batchKey(id), aboutKey(id)]);
    return [...new Set([offerKey(offer), ...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { batch: id, answer } = signed.statement.credentialSubject;
    requireSigner(state, signed, at);
    const offer = requireOpenOffer(state, signed.statement, at);
    if (answer === 'refused') return;
    const batch = requireBatch(state, id, '/credentialSubject/batch');
    requireActive(batch, '/credentialSubject/batch');
    const { receivedAt } = signed.statement.credentialSubject;
    requirePast(receivedAt, at, '/credentialSubject/receivedAt');
    requireOrder(offer.dispatchedAt, receivedAt, '/credentialSubject/receivedAt');
    requireReceived(state, signed.statement, batch, offer);
  },

  apply(state, { statement }, at) {
    const { offer: digest, batch: id, answer } = statement.credentialSubject;
    const offer = requireOffer(state, digest);
    const batch = requireBatch(state, id, '');
    const answered = writeState(offerKey(digest), { ...offer, answer } satisfies OfferState);
    if (answer === 'refused')
      return [writeState(batchKey(id), { ...batch, offer: null }), answered];
    return [...received(statement, batch, offer, at), answered];
  },

  lineage({ statement }) {
    const { batch, newBatch: part, answer } = statement.credentialSubject;
    return answer === 'accepted' && part !== undefined ? [{ parent: batch, child: part }] : [];
  },
};

function requireOpenOffer(
  state: StateView,
  { issuer, credentialSubject }: Opened<HandoverAnswer>,
  at: At,
): OfferState {
  const offer = requireOffer(state, credentialSubject.offer);
  if (offer.batch !== credentialSubject.batch)
    throw refuse(
      'reference-unknown',
      `The offer is of ${offer.batch}.`,
      '/credentialSubject/batch',
    );
  if (offer.to !== issuer)
    throw refuse('not-receiver', `The offer was made to ${offer.to}.`, '/issuer');
  if (offer.answer)
    throw refuse('offer-answered', `The offer was ${offer.answer}.`, '/credentialSubject/offer');
  if (isBefore(offer.validUntil, at.recordedAt))
    throw refuse(
      'offer-lapsed',
      `The offer lapsed at ${offer.validUntil}.`,
      '/credentialSubject/offer',
    );
  return offer;
}

/** Throws unless the quantity was offered and `newBatch` stands exactly when it is a part. */
function requireReceived(
  state: StateView,
  { issuer, credentialSubject }: Opened<HandoverAnswer>,
  batch: BatchState,
  offer: OfferState,
): void {
  const { newBatch: part } = credentialSubject;
  const receivedMg = receivedMass(credentialSubject, batch, offer);
  if (receivedMg > BigInt(offer.massMg))
    throw refuse(
      'mass-exceeded',
      `${formatKilograms(BigInt(offer.massMg))} kg were offered.`,
      '/credentialSubject/quantity',
    );
  const pointer = '/credentialSubject/newBatch';
  const isWhole = receivedMg === BigInt(batch.leftMg);
  if (isWhole !== (part === undefined))
    throw refuse(
      'schema-violation',
      isWhole ? 'The whole batch keeps its name.' : 'Name the part that was received.',
      pointer,
    );
  if (part === undefined) return;
  requireScope(part, issuer, pointer);
  requireNewBatch(state, part, pointer);
}

function received(
  { issuer, credentialSubject }: Opened<HandoverAnswer>,
  batch: BatchState,
  offer: OfferState,
  at: At,
): StateWrite[] {
  const { newBatch: part, receivedAt, batch: id } = credentialSubject;
  const owner = offer.transfersTitle ? issuer : batch.owner;
  const changed = { offer: null, changedAt: placeOf(at) };
  const arrived = { custodian: issuer, owner, availableFrom: receivedAt };
  if (part === undefined)
    return [
      writeState(batchKey(id), { ...batch, ...changed, ...arrived, standingAt: placeOf(at) }),
    ];
  const massMg = receivedMass(credentialSubject, batch, offer);
  const leftMg = (BigInt(batch.leftMg) - massMg).toString();
  // A part is the same material: it inherits all that is known of the whole, but was not counted.
  const child = { ...batch, ...arrived, id: part, massMg: massMg.toString(), pieces: null };
  return [
    writeState(batchKey(id), { ...batch, ...changed, leftMg }),
    writeState(batchKey(part), newBatch({ ...child, intake: null }, at)),
  ];
}

/** What was received; without a quantity, what was offered. */
function receivedMass(
  { quantity }: Opened<HandoverAnswer>['credentialSubject'],
  batch: BatchState,
  offer: OfferState,
): bigint {
  if (quantity === undefined) return BigInt(offer.massMg);
  return parseDraw(quantity, batch.basis, '/credentialSubject/quantity');
}
