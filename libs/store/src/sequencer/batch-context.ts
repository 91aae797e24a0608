import type pg from 'pg';
import { fromHex, toHex } from '#lib/documents';
import { timed } from '../connection.js';
import type { LedgerDeciders, LedgerItem, Log } from '../ledger.js';
import type { BatchContext, Recorded } from './batch-verdict.js';
import { byteaArray, textArray } from './binary-array.js';
import { type LogHead, type TrustedHead, headOf, selectHead } from './log-head.js';
import type { StateMemory } from './state-memory.js';
import { StoredValue } from './stored-value.js';

/** What every batch of a sequencer has in common. */
export interface BatchSettings {
  pool: pg.Pool;
  log: Log;
  deciders: LedgerDeciders;
  /** How far the head's time may lie ahead of the database's clock. */
  clockSkewMs: number;
}

/** What this process knows of the log from the batch before. */
export interface Known {
  head: TrustedHead | undefined;
  /** State as it is at that head. */
  memory: StateMemory;
}

/** What a transaction that holds the lock has read. */
export interface LockedContext extends Pick<BatchContext, 'touches' | 'state' | 'recorded'> {
  /** The head, locked, and not yet proved to be ours. */
  locked: LogHead;
  /** The database's clock. */
  now: Date;
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

const READ_CLOCK = 'SELECT clock_timestamp() AS now';

const LOAD_STATE = `SELECT key, value FROM unnest($1::text[]) AS touched(name)
  JOIN state ON key = name`;

const LOAD_IDENTITIES = `SELECT s.identity, s.origin, s.index, e.digest
  FROM unnest($1::bytea[]) AS wanted(identity)
  JOIN statement s ON s.identity = wanted.identity
  JOIN entry e ON e.origin = s.origin AND e.index = s.index`;

interface StateRow {
  key: string;
  value: string;
}

interface IdentityRow {
  identity: Buffer;
  origin: string;
  index: string;
  digest: Buffer;
}

/**
 * Begins a batch's transaction, takes the lock on the head, and reads what its items are decided
 * upon. The head is locked by a statement of its own and state is read by a later one: a query that
 * locks and joins at once would read state as it was before the lock was granted. All are sent
 * together, and the server takes them in turn.
 */
export async function lockAndLoad(
  client: pg.PoolClient,
  { log, deciders }: Pick<BatchSettings, 'log' | 'deciders'>,
  items: readonly LedgerItem[],
  known: Known,
): Promise<LockedContext> {
  const touches = new Map(items.map((item) => [item, touchedKeys(deciders, item.signed)]));
  const keys = new Set([...touches.values()].flatMap((touched) => [...(touched ?? [])]));
  const remembered = known.memory.recall(keys);
  const missing = [...keys].filter((key) => !remembered.has(key));
  const [{ locked, now }, state, recorded] = await Promise.all([
    begin(client, log.origin),
    loadState(client, missing),
    loadIdentities(client, items),
  ]);
  // When another process has written, what is remembered may not hold any more.
  const isLast = locked.version === known.head?.version;
  if (!isLast) known.memory.clear();
  const rest = isLast ? remembered : await loadState(client, [...remembered.keys()]);
  for (const [key, value] of rest) state.set(key, value);
  return { locked, now, touches, state, recorded };
}

/** Everything in one message; `pg` answers several statements with a list. */
async function begin(
  client: pg.PoolClient,
  origin: string,
): Promise<Pick<LockedContext, 'locked' | 'now'>> {
  const text = [BEGIN, `${selectHead(origin)} FOR UPDATE`, READ_CLOCK].join(';\n');
  const answers = (await client.query(timed({ text }))) as unknown as pg.QueryResult[];
  const [head, clock] = answers.slice(-2);
  return { locked: headOf(head!.rows[0]), now: (clock!.rows[0] as { now: Date }).now };
}

async function loadState(client: pg.PoolClient, keys: string[]): Promise<Map<string, StoredValue>> {
  if (keys.length === 0) return new Map();
  const { rows } = await client.query<StateRow>(
    timed({ name: 'ledger load state', text: LOAD_STATE, values: [textArray(keys)] }),
  );
  return new Map(rows.map(({ key, value }) => [key, new StoredValue(value)]));
}

async function loadIdentities(
  client: pg.PoolClient,
  items: readonly LedgerItem[],
): Promise<Map<string, Recorded>> {
  const { rows } = await client.query<IdentityRow>(
    timed({
      name: 'ledger load identities',
      text: LOAD_IDENTITIES,
      values: [byteaArray(items.map(({ identity }) => fromHex(identity)))],
    }),
  );
  return new Map(
    rows.map(({ identity, origin, index, digest }) => [
      toHex(identity),
      { origin, index: Number(index), digest: toHex(digest) },
    ]),
  );
}

/** A decider that fails here fails again when the item is judged, and there the item falls alone. */
function touchedKeys(deciders: LedgerDeciders, signed: unknown): ReadonlySet<string> | undefined {
  try {
    return new Set(deciders.touches(signed));
  } catch {
    return undefined;
  }
}
