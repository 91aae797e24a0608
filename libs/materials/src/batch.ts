import type {
  At,
  Composition,
  CustodyModel,
  Flag,
  Form,
  OriginClaim,
  RecycledShare,
  StateView,
} from '#lib/documents';
import { refuse } from '#lib/problem';
import { isBefore } from './instant.js';
import { placeOf, type LogPlace } from './log-place.js';
import type { MassBasis } from './quantity.js';
import { goodStanding, type Standing } from './standing.js';
import { batchKey, readState } from './state-key.js';

/** A release of a batch to another registry, as the ledger recorded it. */
export interface BatchRelease {
  origin: string;
  index: number;
  statement: string;
  certificate: string;
  importer: string;
  /** The registry that may import it, and the key with which alone it can refuse. */
  destination: { registry: string; origin: string; jurisdiction: string; key: string };
}

/** State of a batch. Masses are whole milligrams as decimal text. Revoked means recalled. */
export interface BatchState extends Standing {
  id: string;
  form: Form;
  lot: string | null;
  /** Where it was made or taken in; null for an import that names no place. */
  facility: string | null;
  basis: MassBasis;
  /** What was made, taken in or received under this id. */
  massMg: string;
  /** What is left of it. */
  leftMg: string;
  pieces: number | null;
  composition: Composition;
  custodyModel: CustodyModel;
  owner: string;
  custodian: string;
  /** The open offer of it, if it has not lapsed. */
  offer: { statement: string; validUntil: string } | null;
  release: BatchRelease | null;
  /** Its last certificate, live until `validUntil` unless a StatusChange ended it. */
  certificate: { id: string; validUntil: string } | null;
  /** Who took it in from outside, and the supplier that can speak for its origin. */
  intake: { holder: string; supplier: string | null } | null;
  /** When it was made, so that no sample is older; null when it was made outside this ledger. */
  madeAt: string | null;
  /** From when the custodian can use it. */
  availableFrom: string;
  /** Where each element went through each step, as far as known when it was made. */
  origins: OriginClaim[];
  recycled: RecycledShare[];
  /** Its own flags and those that its inputs had then. */
  flags: Flag[];
  /** The last entry that changed something a certificate of this batch states. */
  changedAt: LogPlace;
  /** The last entry that changed something its descendants rest on. */
  standingAt: LogPlace;
}

/** What a maker, an intake, a handover or an import says about a batch that did not exist before. */
export type BatchDescription = Pick<
  BatchState,
  | 'id'
  | 'form'
  | 'lot'
  | 'facility'
  | 'basis'
  | 'massMg'
  | 'pieces'
  | 'composition'
  | 'custodyModel'
  | 'owner'
  | 'custodian'
  | 'madeAt'
  | 'availableFrom'
  | 'origins'
  | 'recycled'
  | 'flags'
> & { intake?: BatchState['intake'] };

/**
 * A batch as it begins: whole, active, in nobody's offer. Its members stand in the order of RFC 8785,
 * as in everything that is written often: what is in order need not be sorted to be written.
 */
export function newBatch(batch: BatchDescription, at: At): BatchState {
  const { revokedFrom, status, suspensions } = goodStanding();
  return {
    availableFrom: batch.availableFrom,
    basis: batch.basis,
    certificate: null,
    changedAt: placeOf(at),
    composition: batch.composition,
    custodian: batch.custodian,
    custodyModel: batch.custodyModel,
    facility: batch.facility,
    flags: batch.flags,
    form: batch.form,
    id: batch.id,
    intake: batch.intake ?? null,
    leftMg: batch.massMg,
    lot: batch.lot,
    madeAt: batch.madeAt,
    massMg: batch.massMg,
    offer: null,
    origins: batch.origins,
    owner: batch.owner,
    pieces: batch.pieces,
    recycled: batch.recycled,
    release: null,
    revokedFrom,
    standingAt: placeOf(at),
    status,
    suspensions,
  };
}

/** The batch, or undefined when the ledger holds none of that name. */
export function readBatch(state: StateView, id: string): BatchState | undefined {
  return readState<BatchState>(state, batchKey(id));
}

/** The batch; throws `reference-unknown` at `pointer`. */
export function requireBatch(state: StateView, id: string, pointer: string): BatchState {
  const batch = readBatch(state, id);
  if (!batch) throw refuse('reference-unknown', `${id} is not registered here.`, pointer);
  return batch;
}

/** Throws `already-registered` at `pointer` when the id is taken. */
export function requireNewBatch(state: StateView, id: string, pointer: string): void {
  if (readBatch(state, id))
    throw refuse('already-registered', `${id} is already a batch.`, pointer);
}

/**
 * The batch, when `party` may use it now. Throws at `pointer`: `reference-unknown`, `not-custodian`,
 * `batch-not-active` (suspended, recalled, released), `batch-in-transit`, `batch-spent`.
 */
export function requireUsable(
  state: StateView,
  id: string,
  party: string,
  at: At,
  pointer: string,
): BatchState {
  const batch = requireBatch(state, id, pointer);
  if (batch.custodian !== party)
    throw refuse('not-custodian', `${id} is held by ${batch.custodian}.`, pointer);
  requireActive(batch, pointer);
  if (isInTransit(batch, at.recordedAt))
    throw refuse('batch-in-transit', `${id} is offered until ${batch.offer!.validUntil}.`, pointer);
  if (batch.leftMg === '0') throw refuse('batch-spent', `Nothing is left of ${id}.`, pointer);
  return batch;
}

/** Throws `batch-not-active` at `pointer` for a batch that is suspended, recalled or released. */
export function requireActive(batch: BatchState, pointer: string): void {
  if (batch.status !== 'active')
    throw refuse('batch-not-active', `${batch.id} is ${statusWord(batch)}.`, pointer);
  if (batch.release)
    throw refuse(
      'batch-not-active',
      `${batch.id} was released to ${batch.release.destination.registry}.`,
      pointer,
    );
}

/** Whether an offer of the batch is open at that time: an offer lapses by itself. */
export function isInTransit(batch: BatchState, recordedAt: string): boolean {
  return batch.offer !== null && !isBefore(batch.offer.validUntil, recordedAt);
}

function statusWord({ status }: BatchState): string {
  return status === 'revoked' ? 'recalled' : status;
}
