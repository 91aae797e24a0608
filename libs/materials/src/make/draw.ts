import type { At, MakeEvent, Opened, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireBatch, requireUsable, type BatchState } from '../batch.js';
import { contentsOf, addContents, type Contents } from '../composition.js';
import { requireOrder } from '../instant.js';
import { placeOf } from '../log-place.js';
import { formatKilograms, parseDraw } from '../quantity.js';

/** What an event takes from one batch. */
export interface Draw {
  batch: BatchState;
  massMg: bigint;
  contents: Contents;
}

/**
 * The draws of an event, one per input, when the processor may make them. Throws what
 * `requireUsable` and `parseDraw` throw, `mass-exceeded`, and `time-out-of-order` for a start before
 * the input was there.
 */
export function requireDraws(state: StateView, statement: Opened<MakeEvent>, at: At): Draw[] {
  const { inputs, start } = statement.credentialSubject;
  const drawn = new Map<string, bigint>();
  return inputs.map(({ batch: id, quantity }, i) => {
    const pointer = `/credentialSubject/inputs/${i}`;
    const batch = requireUsable(state, id, statement.issuer, at, `${pointer}/batch`);
    const massMg = parseDraw(quantity, batch.basis, `${pointer}/quantity`);
    const total = (drawn.get(id) ?? 0n) + massMg;
    if (total > BigInt(batch.leftMg))
      throw refuse('mass-exceeded', overdrawn(batch, total), `${pointer}/quantity`);
    drawn.set(id, total);
    requireOrder(batch.availableFrom, start, `${pointer}/batch`);
    return drawOf(batch, massMg);
  });
}

/** The draws of an event that was decided already. */
export function readDraws(state: StateView, { credentialSubject }: Opened<MakeEvent>): Draw[] {
  return credentialSubject.inputs.map(({ batch: id, quantity }) => {
    const batch = requireBatch(state, id, '');
    return drawOf(batch, parseDraw(quantity, batch.basis, ''));
  });
}

/** All that went in, per element. */
export function drawnContents(draws: readonly Draw[]): Contents {
  const contents: Contents = new Map();
  for (const draw of draws) addContents(contents, draw.contents);
  return contents;
}

/** Each batch as the event leaves it: the same batch drawn twice is written once. */
export function drawnBatches(draws: readonly Draw[], at: At): BatchState[] {
  const batches = new Map<string, BatchState>();
  for (const { batch, massMg } of draws) {
    const left = BigInt((batches.get(batch.id) ?? batch).leftMg) - massMg;
    batches.set(batch.id, { ...batch, leftMg: left.toString(), changedAt: placeOf(at) });
  }
  return [...batches.values()];
}

function drawOf(batch: BatchState, massMg: bigint): Draw {
  return { batch, massMg, contents: contentsOf(massMg, batch.composition) };
}

function overdrawn(batch: BatchState, wantedMg: bigint): string {
  const left = formatKilograms(BigInt(batch.leftMg));
  return `${formatKilograms(wantedMg)} kg are drawn from ${batch.id}; ${left} kg are left.`;
}
