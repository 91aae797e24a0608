import { localName } from '../local-name.js';
import type { Actor } from './actor.js';
import { daysAgo, hoursAhead } from './calendar.js';
import { mass } from './material.js';
import type { Narrator } from './narrator.js';

/** One handover: what moves from whom to whom, some days ago. */
export interface Handover {
  from: Actor;
  to: Actor;
  batch: string;
  kilograms: string;
  transfersTitle: boolean;
  days: number;
  /** How the receiver names the part, when not the whole batch moves. */
  newBatch?: string;
}

/** Offer by the holder and answer by the receiver: both sides sign. */
export async function handOver(handover: Handover, tell: Narrator): Promise<void> {
  const { from, to, batch, kilograms, transfersTitle, days, newBatch } = handover;
  const title = transfersTitle ? ', with title,' : '';
  const what = `offers ${kilograms} kg of ${localName(batch)}${title} to ${to.name}`;
  const offer = await tell.step(from, what, () =>
    from.say('HandoverOffer', {
      batch,
      to: to.did,
      quantity: mass(kilograms),
      transfersTitle,
      dispatchedAt: daysAgo(days),
      validUntil: hoursAhead(72),
    }),
  );
  const part: Record<string, string> = newBatch === undefined ? {} : { newBatch };
  const how =
    newBatch === undefined ? 'signs for it' : `signs for that part, as ${localName(newBatch)}`;
  await tell.step(to, how, () =>
    to.say('HandoverAnswer', {
      offer: offer.digest,
      batch,
      answer: 'accepted',
      quantity: mass(kilograms),
      ...part,
      receivedAt: daysAgo(days - 1),
    }),
  );
}
