import type pg from 'pg';
import { fromHex, toHex } from '#lib/documents';
import { refuse } from '#lib/problem';
import { timed, withConnection } from '../connection.js';
import type { LedgerDeciders, LedgerItem, Log } from '../ledger.js';
import { insertBatch } from './batch-insert.js';
import { type Recorded, type Verdict, judgeBatch } from './batch-verdict.js';
import { byteaArray, textArray } from './binary-array.js';
import { type LogGrowth, growLog } from './log-growth.js';
import { type TrustedHead, headOf, selectHead, trustHead } from './log-head.js';

/** What every batch of a sequencer has in common. */
export interface BatchSettings {
  pool: pg.Pool;
  log: Log;
  deciders: LedgerDeciders;
  /** How far the head's time may lie ahead of the database's clock. */
  clockSkewMs: number;
}

/** A batch whose transaction has ended well; `growth` is missing when it recorded nothing. */
export interface CommittedBatch {
  head: TrustedHead;
  verdicts: Verdict[];
  growth?: LogGrowth;
}

/**
 * A paused holder of the lock is thrown out by the server, after which its waiters go on; hence the
 * lock may be waited for longer than a holder may idle. Every look-up is by key, few rows out of
 * many: a plan that was made and kept while a table was small must not scan it when it has grown.
 */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED;
  SET LOCAL idle_in_transaction_session_timeout = '5s';
  SET LOCAL lock_timeout = '8s';
  SET LOCAL statement_timeout = '10s';
  SET LOCAL synchronous_commit = on;
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_hashjoin = off;
  SET LOCAL enable_mergejoin = off;
  SET LOCAL jit = off`;

/**
 * Commits one batch in one transaction. The head is locked by a statement of its own and state is
 * read by a later one: a query that locks and joins at once would read state as it was before the
 * lock was granted. Whatever fails, the connection is given up and the transaction with it; whether
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
  const head = await trustHead(log, client, await lockHead(client, log.origin), known);
  const { now, state, recorded } = await loadContext(client, deciders, items);
  const recordedAt = recordingTime(head.recordedAt, now, settings.clockSkewMs);
  const verdict = judgeBatch(deciders, items, {
    origin: log.origin,
    firstIndex: head.size,
    recordedAt,
    successor: head.successor,
    predecessors: log.predecessors ?? [],
    state,
    recorded,
  });
  if (verdict.accepted.length === 0) {
    await client.query('ROLLBACK');
    return { head, verdicts: verdict.verdicts };
  }
  const growth = await growLog(log, head, verdict.accepted, recordedAt);
  await insertBatch(client, log.origin, growth, verdict);
  const { command } = await client.query(timed({ text: 'COMMIT' }));
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and without an error.
  if (command !== 'COMMIT') throw new Error('The batch was rolled back at COMMIT');
  return { head: growth.after, verdicts: verdict.verdicts, growth };
}

async function lockHead(client: pg.PoolClient, origin: string) {
  const begun = client.query(timed({ text: BEGIN }));
  const locked = client.query(timed({ text: `${selectHead(origin)} FOR UPDATE` }));
  await Promise.all([begun, locked]);
  return headOf((await locked).rows[0]);
}

/** Gives the database's clock as well, in one row at least. */
const LOAD_STATE = `SELECT clock_timestamp() AS now, key, value
  FROM (VALUES (1)) AS always(one)
  LEFT JOIN (unnest($1::text[]) AS touched(name) JOIN state ON key = name) ON true`;

const LOAD_IDENTITIES = `SELECT s.identity, s.origin, s.index, e.digest
  FROM unnest($1::bytea[]) AS wanted(identity)
  JOIN statement s ON s.identity = wanted.identity
  JOIN entry e ON e.origin = s.origin AND e.index = s.index`;

interface StateRow {
  now: Date;
  key: string | null;
  value: string;
}

interface IdentityRow {
  identity: Buffer;
  origin: string;
  index: string;
  digest: Buffer;
}

async function loadContext(
  client: pg.PoolClient,
  deciders: LedgerDeciders,
  items: readonly LedgerItem[],
) {
  const keys = new Set(items.flatMap(({ signed }) => touchedKeys(deciders, signed)));
  const loading = client.query<StateRow>(
    timed({
      name: 'ledger load state',
      text: LOAD_STATE,
      values: [textArray([...keys])],
    }),
  );
  const looking = client.query<IdentityRow>(
    timed({
      name: 'ledger load identities',
      text: LOAD_IDENTITIES,
      values: [byteaArray(items.map(({ identity }) => fromHex(identity)))],
    }),
  );
  const [{ rows: states }, { rows: identities }] = await Promise.all([loading, looking]);
  const state = new Map<string, string>();
  for (const { key, value } of states) if (key !== null) state.set(key, value);
  const recorded = new Map<string, Recorded>();
  for (const { identity, origin, index, digest } of identities)
    recorded.set(toHex(identity), { origin, index: Number(index), digest: toHex(digest) });
  return { now: states[0]!.now, state, recorded };
}

/** A decider that fails here fails again when the item is judged, and there the item falls alone. */
function touchedKeys(deciders: LedgerDeciders, signed: unknown): string[] {
  try {
    return deciders.touches(signed);
  } catch {
    return [];
  }
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
