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

/** What a batch comes to; nothing is written yet. */
export interface BatchVerdict {
  /** One for each item, in order. */
  verdicts: Verdict[];
  accepted: Accepted[];
  /** RFC 8785 text under each key that changes, null where it is removed. */
  writes: ReadonlyMap<string, string | null>;
}

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
  state: ReadonlyMap<string, string>;
  /** By identity. */
  recorded: ReadonlyMap<string, Recorded>;
}

/**
 * Decides the items in order: each sees what those before it wrote, and one that is refused, or
 * whose decider fails, falls alone.
 */
export function judgeBatch(
  deciders: LedgerDeciders,
  items: readonly LedgerItem[],
  context: BatchContext,
): BatchVerdict {
  const overlay = new StateOverlay(context.state);
  const recorded = new Map(context.recorded);
  const accepted: Accepted[] = [];

  const judge = (item: LedgerItem): Verdict => {
    const before = recorded.get(item.identity);
    if (before) return recordedPlace(context, before, item);
    if (context.successor !== null) throw frozen(context.origin, context.successor);
    const index = context.firstIndex + accepted.length;
    const { origin, recordedAt } = context;
    const at = { origin, index, recordedAt };
    const touched = context.touches.get(item) ?? new Set(deciders.touches(item.signed));
    const view = overlay.viewOf(touched);
    deciders.decide(view, item.signed, at);
    const writes = deciders.apply(view, item.signed, at);
    const lineage = deciders.lineage(item.signed);
    view.write(writes);
    accepted.push({ item, index, mentions: mentionsOf(deciders, touched), lineage });
    recorded.set(item.identity, { origin, index, digest: item.digest });
    return { origin, index };
  };

  const verdicts = items.map((item): Verdict => {
    try {
      return judge(item);
    } catch (error) {
      return { error };
    }
  });
  return { verdicts, accepted, writes: overlay.written };
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
