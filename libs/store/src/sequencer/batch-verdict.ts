import type { LineageEdge } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  mentionsOf,
  originsOf,
  type LedgerDeciders,
  type LedgerItem,
  type PastLog,
} from '../ledger.js';
import { StateOverlay } from './state-overlay.js';
import type { StoredValue } from './stored-value.js';

/** Where an identity is recorded already. */
export interface Recorded {
  origin: string;
  index: number;
  /** SHA-256 of the recorded bytes, 64 lowercase hex. */
  digest: string;
}

/** A statement that the batch records. */
export interface Accepted {
  item: LedgerItem;
  index: number;
  /** The keys under which it can be found. */
  mentions: readonly string[];
  lineage: readonly LineageEdge[];
}

/** What becomes of one item: an entry (new or recorded before), or why it is refused. */
export type Verdict = { origin: string; index: number } | { error: unknown };

/** What a batch, or a slice of it, comes to; nothing is written yet. */
export interface BatchVerdict {
  /** One for each item, in order. */
  verdicts: Verdict[];
  accepted: Accepted[];
  /** A slice leaves out what a later one will see, and may still write. */
  writes: StateWrites;
}

/** The value under each key that changes, null where it is removed. */
export type StateWrites = ReadonlyMap<string, StoredValue | null>;

/** What the batch is decided upon, read under the lock on the head. */
export interface BatchContext {
  origin: string;
  /** The index that the first accepted item gets. */
  firstIndex: number;
  recordedAt: string;
  /** Set when the log is frozen: what is recorded is found, and nothing else is. */
  successor: string | null;
  /** The logs before, in which a statement may be recorded already. */
  predecessors: readonly PastLog[];
  /** The state keys of each item; an item whose decider cannot name them has none. */
  touches: ReadonlyMap<LedgerItem, ReadonlySet<string> | undefined>;
  state: ReadonlyMap<string, StoredValue>;
  /** By identity. */
  recorded: ReadonlyMap<string, Recorded>;
}

/**
 * Decides the items in order: each sees what those before it wrote, and one that is refused, or
 * whose decider fails, falls alone. Gives slice after slice, so that what one comes to can be sent
 * off while the next is decided upon; without a size, all in one.
 */
export function* judgeBatch(
  deciders: LedgerDeciders,
  items: readonly LedgerItem[],
  context: BatchContext,
  sliceSize = items.length,
): Generator<BatchVerdict, void, void> {
  const overlay = new StateOverlay(context.state);
  for (const item of items) overlay.announce(context.touches.get(item) ?? []);
  const judge = judgeOf(deciders, context, overlay);
  for (let start = 0; start < items.length; start += sliceSize) {
    const judgements = items.slice(start, start + sliceSize).map(judge);
    yield {
      verdicts: judgements.map(({ verdict }) => verdict),
      accepted: judgements.flatMap(({ accepted }) => accepted ?? []),
      writes: start + sliceSize < items.length ? overlay.takeSettled() : overlay.written,
    };
  }
}

/** What becomes of an item, and what it comes to if it is recorded. */
interface Judgement {
  verdict: Verdict;
  accepted?: Accepted;
}

function judgeOf(deciders: LedgerDeciders, context: BatchContext, overlay: StateOverlay) {
  const recorded = new Map(context.recorded);
  let index = context.firstIndex;

  const judge = (item: LedgerItem): Judgement => {
    const before = recorded.get(item.identity);
    if (before) return { verdict: recordedPlace(context, before, item) };
    if (context.successor !== null) throw frozen(context.origin, context.successor);
    const { origin, recordedAt } = context;
    const at = { origin, index, recordedAt };
    const touched = context.touches.get(item) ?? new Set(deciders.touches(item.signed));
    const view = overlay.viewOf(touched);
    deciders.decide(view, item.signed, at);
    const writes = deciders.apply(view, item.signed, at);
    const lineage = deciders.lineage(item.signed);
    view.write(writes);
    const accepted = { item, index, mentions: mentionsOf(deciders, touched), lineage };
    recorded.set(item.identity, { origin, index, digest: item.digest });
    return { verdict: { origin, index: index++ }, accepted };
  };

  return (item: LedgerItem): Judgement => {
    try {
      return judge(item);
    } catch (error) {
      return { verdict: { error } };
    }
  };
}

/** The entry of the same bytes sent again; other bytes under one identity are refused. */
function recordedPlace(
  { origin, predecessors }: BatchContext,
  recorded: Recorded,
  item: LedgerItem,
): Verdict {
  const isOurs = originsOf({ origin, predecessors }).includes(recorded.origin);
  if (recorded.digest === item.digest && isOurs)
    return { origin: recorded.origin, index: recorded.index };
  throw refuse(
    'identity-conflict',
    `The same payload by the same signers is entry ${recorded.index} of ${recorded.origin}.`,
    undefined,
    {
      extensions: {
        origin: recorded.origin,
        index: recorded.index,
        digest: recorded.digest,
      },
    },
  );
}

/** What a log says that has a successor. */
export function frozen(origin: string, successor: string) {
  return refuse(
    'log-read-only',
    `The log ${origin} is frozen: ${successor} succeeds it.`,
    undefined,
    {
      remedy: `Send it to the registry as it serves ${successor}; what is recorded here stays valid.`,
      extensions: { successor },
    },
  );
}
