import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { refuse } from '#lib/problem';
import { timed, withConnection } from '../connection.js';
import type { LedgerItem, Receipt } from '../ledger.js';
import { type BatchSettings, type Known, lockAndLoad } from './batch-context.js';
import { batchReceipts } from './batch-receipts.js';
import { insertGrowth, insertStatements } from './batch-insert.js';
import { type BatchVerdict, type StateWrites, type Verdict, judgeBatch } from './batch-verdict.js';
import { type LogGrowth, growLog } from './log-growth.js';
import { type TrustedHead, trustHead } from './log-head.js';
import type { StoredValue } from './stored-value.js';

/** Statements that are decided upon before they are sent to the database: a quarter of a full batch. */
const SLICE_SIZE = 64;

/** A batch whose transaction has ended well; `growth` is missing when it recorded nothing. */
export interface CommittedBatch {
  head: TrustedHead;
  verdicts: Verdict[];
  growth?: LogGrowth;
  /** Of the entries that were added, in their order. */
  receipts: Receipt[];
  /** What it was decided upon. */
  read: ReadonlyMap<string, StoredValue>;
  writes: StateWrites;
}

/**
 * Commits one batch in one transaction. Whatever fails, the connection is given up and the transaction with it; whether
 * it had committed by then, only the next holder of the lock can tell.
 */
export function commitBatch(
  settings: BatchSettings,
  items: readonly LedgerItem[],
  known: Known,
): Promise<CommittedBatch> {
  return withConnection(settings.pool, (client) => runTransaction(settings, client, items, known));
}

async function runTransaction(
  settings: BatchSettings,
  client: pg.PoolClient,
  items: readonly LedgerItem[],
  known: Known,
): Promise<CommittedBatch> {
  const { log, deciders } = settings;
  const { locked, now, ...loaded } = await lockAndLoad(client, settings, items, known);
  const head = await trustHead(log, client, locked, known.head);
  const recordedAt = recordingTime(head.recordedAt, now, settings.clockSkewMs);
  const slices = judgeBatch(
    deciders,
    items,
    {
      origin: log.origin,
      firstIndex: head.size,
      recordedAt,
      successor: head.successor,
      predecessors: log.predecessors ?? [],
      ...loaded,
    },
    SLICE_SIZE,
  );
  const { verdicts, accepted, writes, inserts } = await insertSlices(client, log.origin, slices);
  const decided = { verdicts, read: loaded.state, writes };
  if (accepted.length === 0) {
    await client.query('ROLLBACK');
    return { ...decided, head, receipts: [] };
  }
  // The tables take in what the statements say while these are hashed and chained.
  const growth = await growLog(log, head, accepted, recordedAt);
  const moved = follow(insertGrowth(client, log.origin, growth, accepted));
  // Receipts are made while the database writes, and shown when it has committed.
  const receipts = await batchReceipts(log, growth);
  const version = await commit(client, moved, inserts);
  return { ...decided, head: { ...growth.after, version }, growth, receipts };
}

/**
 * Sends COMMIT behind what is on its way, and gives the version of the head's row; fails with what failed
 * first. PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and without an error.
 */
async function commit(
  client: pg.PoolClient,
  moved: Promise<string>,
  inserts: readonly Promise<void>[],
): Promise<string> {
  const ended = client.query(timed({ text: 'COMMIT' }));
  const [version, { command }] = await Promise.all([moved, ended, ...inserts]);
  if (command !== 'COMMIT') throw new Error('The batch was rolled back at COMMIT');
  return version;
}

/** It is waited for when all is sent; until then nobody would hear that it failed. */
function follow<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/** What the slices of a batch come to, and the inserts that are under way for them. */
interface SentSlices extends Pick<BatchVerdict, 'verdicts' | 'accepted'> {
  writes: Map<string, StoredValue | null>;
  inserts: Promise<void>[];
}

/** Sends each slice off, so that the tables take it in while the next is decided upon. */
async function insertSlices(
  client: pg.ClientBase,
  origin: string,
  slices: Iterable<BatchVerdict>,
): Promise<SentSlices> {
  const sent: SentSlices = { verdicts: [], accepted: [], writes: new Map(), inserts: [] };
  for (const slice of slices) {
    sent.inserts.push(follow(insertStatements(client, origin, slice)));
    sent.verdicts.push(...slice.verdicts);
    sent.accepted.push(...slice.accepted);
    for (const [key, value] of slice.writes) sent.writes.set(key, value);
    // What the socket did not take at once goes out now, and whoever else waits has a turn.
    await nextTurn();
  }
  return sent;
}

/** The later of the head's time and the database's, so that times never run backwards. */
function recordingTime(headTime: string, now: Date, skewMs: number): string {
  const ahead = Date.parse(headTime) - now.getTime();
  if (ahead > skewMs)
    throw refuse(
      'clock-behind',
      `The last entry was recorded ${ahead} ms after what the database's clock says now.`,
      undefined,
      { extensions: { retryAfterSeconds: Math.ceil((ahead - skewMs) / 1000) } },
    );
  return ahead > 0 ? headTime : now.toISOString();
}
