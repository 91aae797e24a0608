import type { HandoverFact } from '#lib/documents';
import { comparePlaces } from '../log-place.js';
import { isOf, type Recorded, type RecordedAs } from '../recorded.js';
import { factsOf, positionOf, type Ancestry } from './ancestry.js';

/** An accepted handover on the way to the certified batch. */
export type Handover = Recorded & RecordedAs<'HandoverAnswer'>;

/** The custody handovers on the way: of a whole batch before it was used, or of the part used. */
export function handoverFacts(ancestry: Ancestry): HandoverFact[] {
  return handoversIn(ancestry).map((answer) => {
    const { offer, batch, newBatch, receivedAt } = answer.signed.statement.credentialSubject;
    const made = factsOf(ancestry, 'HandoverOffer').find(({ signed }) => signed.digest === offer)!;
    return {
      at: positionOf(answer),
      batch,
      from: made.signed.statement.issuer,
      to: answer.signed.statement.issuer,
      receivedAt,
      ...(newBatch === undefined ? {} : { newBatch }),
    };
  });
}

/** The accepted answers on the way, in log order. */
export function handoversIn(ancestry: Ancestry): Handover[] {
  const { ancestors } = ancestry;
  return factsOf(ancestry, 'HandoverAnswer').filter(({ signed, at }) => {
    const { answer, batch, newBatch } = signed.statement.credentialSubject;
    if (answer !== 'accepted') return false;
    if (newBatch !== undefined) return ancestors.has(newBatch);
    const moved = ancestors.get(batch);
    if (moved === undefined) return false;
    return moved.lastTaken === undefined || comparePlaces(at, moved.lastTaken) < 0;
  });
}

/** The first handover in which another party accepted the batch, whole or in part. */
export function confirmationOf(ancestry: Ancestry, batch: string): Handover | undefined {
  return handoversIn(ancestry).find(
    ({ signed }) => signed.statement.credentialSubject.batch === batch,
  );
}

/** Whether the batch is a part that its receiver weighed and named. */
export function isPart(record: Recorded): record is Handover {
  return isOf(record, 'HandoverAnswer');
}
