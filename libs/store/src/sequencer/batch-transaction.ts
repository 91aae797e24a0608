import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { refuse } from '#lib/problem';
import { timed, withConnection } from '../connection.js';
import type { LedgerDeciders, LedgerItem, Log, Receipt } from '../ledger.js';
import { lockAndLoad } from './batch-context.js';
import { batchReceipts } from './batch-receipts.js';
import { insertGrowth, insertStatements } from './batch-insert.js';
import { type Accepted, type BatchVerdict, type Verdict, judgeBatch } from './batch-verdict.js';
import { type LogGrowth, growLog } from './log-growth.js';
import { type TrustedHead, trustHead } from './log-head.js';

/** What every batch of a sequencer has in common. */
export interface BatchSettings {
  pool: pg.Pool;
  log: Log;
  deciders: LedgerDeciders;
  /** How far the head's time may lie ahead of the database's clock. */
  clockSkewMs: number;
}

/** Statements that are decided upon before they are sent to the database: a quarter of a full batch. */
const SLICE_SIZE = 64;

/** A batch whose transaction has ended well; `growth` is missing when it recorded nothing. */
export interface CommittedBatch {
  head: TrustedHead;
  verdicts: Verdict[];
  growth?: LogGrowth;
  /** Of the entries that were added, in their order. */
  receipts: Receipt[];
}

/**
 * Commits one batch in one transaction. Whatever fails, the connection is given up and the transaction with it; whether
 * it had committed by then, only the next holder of the lock can tell.
 */
export function commitBatch(
  settings: BatchSettings,
  items: readonly LedgerItem[],
  known: TrustedHead | undefined,
): Promise<CommittedBatch> {
  return withConnection(settings.pool, (client) => runTransaction(settings, client, items, known));
}

async function runTransaction(
  settings: BatchSettings,
  client: pg.PoolClient,
  items: readonly LedgerItem[],
  known: TrustedHead | undefined,
): Promise<CommittedBatch> {
  const { log, deciders } = settings;
  const { locked, now, ...loaded } = await lockAndLoad(client, log.origin, deciders, items);
  const head = await trustHead(log, client, locked, known);
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
  const { verdicts, accepted, inserts } = await insertSlices(client, log.origin, slices);
  if (accepted.length === 0) {
    await client.query('ROLLBACK');
    return { head, verdicts, receipts: [] };
  }
  // The tables take in what the statements say while these are hashed and chained.
  const [recorded] = await Promise.all([
    recordGrowth(log, client, head, accepted, recordedAt),
    ...inserts,
  ]);
  const { command } = await client.query(timed({ text: 'COMMIT' }));
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and without an error.
  if (command !== 'COMMIT') throw new Error('The batch was rolled back at COMMIT');
  return { head: recorded.growth.after, verdicts, ...recorded };
}

/** What the slices of a batch come to, and the inserts that are under way for them. */
interface SentSlices extends Pick<BatchVerdict, 'verdicts' | 'accepted'> {
  inserts: Promise<void>[];
}

/** Sends each slice off, so that the tables take it in while the next is decided upon. */
async function insertSlices(
  client: pg.ClientBase,
  origin: string,
  slices: Iterable<BatchVerdict>,
): Promise<SentSlices> {
  const sent: SentSlices = { verdicts: [], accepted: [], inserts: [] };
  for (const slice of slices) {
    const insert = insertStatements(client, origin, slice);
    // It is waited for when all are sent; until then nobody would hear that it failed.
    insert.catch(() => undefined);
    sent.inserts.push(insert);
    sent.verdicts.push(...slice.verdicts);
    sent.accepted.push(...slice.accepted);
    // What the socket did not take at once goes out now, and whoever else waits has a turn.
    await nextTurn();
  }
  return sent;
}

async function recordGrowth(
  log: Log,
  client: pg.PoolClient,
  head: TrustedHead,
  accepted: readonly Accepted[],
  recordedAt: string,
): Promise<{ growth: LogGrowth; receipts: Receipt[] }> {
  const growth = await growLog(log, head, accepted, recordedAt);
  // Receipts are made while the database writes, and shown when it has committed.
  const [, receipts] = await Promise.all([
    insertGrowth(client, log.origin, growth, accepted),
    batchReceipts(log, growth),
  ]);
  return { growth, receipts };
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
