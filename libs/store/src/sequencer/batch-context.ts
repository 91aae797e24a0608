import type pg from 'pg';
import { fromHex, toHex } from '#lib/documents';
import { timed } from '../connection.js';
import type { LedgerDeciders, LedgerItem } from '../ledger.js';
import type { BatchContext, Recorded } from './batch-verdict.js';
import { byteaArray, textArray } from './binary-array.js';
import { type LogHead, headOf, selectHead } from './log-head.js';

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
  origin: string,
  deciders: LedgerDeciders,
  items: readonly LedgerItem[],
): Promise<LockedContext> {
  const touches = new Map(items.map((item) => [item, touchedKeys(deciders, item.signed)]));
  const keys = new Set([...touches.values()].flatMap((touched) => [...(touched ?? [])]));
  const identities = items.map(({ identity }) => fromHex(identity));
  const [, head, clock, states, known] = await Promise.all([
    client.query(timed({ text: BEGIN })),
    client.query(timed({ text: `${selectHead(origin)} FOR UPDATE` })),
    client.query<{ now: Date }>(timed({ name: 'ledger clock', text: READ_CLOCK })),
    client.query<StateRow>(
      timed({ name: 'ledger load state', text: LOAD_STATE, values: [textArray([...keys])] }),
    ),
    client.query<IdentityRow>(
      timed({
        name: 'ledger load identities',
        text: LOAD_IDENTITIES,
        values: [byteaArray(identities)],
      }),
    ),
  ]);
  return {
    locked: headOf(head.rows[0]),
    now: clock.rows[0]!.now,
    touches,
    state: new Map(states.rows.map(({ key, value }) => [key, value])),
    recorded: recordedOf(known.rows),
  };
}

function recordedOf(rows: readonly IdentityRow[]): Map<string, Recorded> {
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
