import type { StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { offerKey, readState } from './state-key.js';

/** State of a handover offer. It lapses by comparing `validUntil` with the time, not by a status. */
export interface OfferState {
  statement: string;
  batch: string;
  from: string;
  to: string;
  /** Milligrams as decimal text, on the basis of the batch. */
  massMg: string;
  transfersTitle: boolean;
  dispatchedAt: string;
  validUntil: string;
  answer: 'accepted' | 'refused' | null;
}

/** The offer; throws `reference-unknown` at `/credentialSubject/offer`. */
export function requireOffer(state: StateView, digest: string): OfferState {
  const offer = readState<OfferState>(state, offerKey(digest));
  if (offer) return offer;
  throw refuse(
    'reference-unknown',
    `No offer with the digest ${digest} is recorded.`,
    '/credentialSubject/offer',
  );
}
