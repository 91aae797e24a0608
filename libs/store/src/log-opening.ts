import type pg from 'pg';
import { EMPTY_FRONTIER, frontierRoot } from '#lib/tlog';
import { BEGIN_DURABLE, withConnection } from './connection.js';
import type { Log } from './ledger.js';
import { NO_LEAF_HASH } from './reader/entry-row.js';
import { frozen } from './sequencer/batch-verdict.js';
import { signOwnCheckpoint } from './sequencer/log-growth.js';
import { type LogHead, headOf, selectHead, trustHead } from './sequencer/log-head.js';

/**
 * Opens a log: makes its head, empty and signed, when there is none, else proves the one there is.
 * Any number of processes may open it at once. A second log begins only beside a first that was
 * frozen for it, so that a registry whose origin was changed by mistake does not silently begin a
 * second history. Throws `log-read-only` when the head does not hold, and faults when the database
 * belongs to a log of another origin.
 */
export function openLog(pool: pg.Pool, log: Log): Promise<LogHead> {
  return withConnection(pool, async (client) => {
    await client.query(BEGIN_DURABLE);
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['lodestone open log']);
    const { rows } = await client.query<{ origin: string; successor: string | null }>(
      'SELECT origin, successor FROM log_head',
    );
    if (!rows.some(({ origin }) => origin === log.origin)) {
      const origins = rows.map(({ origin }) => origin);
      if (origins.length > 0 && !rows.some(({ successor }) => successor === log.origin))
        throw new Error(`This database holds the log ${origins.join(', ')}, not ${log.origin}`);
      await insertHead(client, log);
    }
    const head = headOf((await client.query(selectHead(log.origin))).rows[0]);
    const trusted = await trustHead(log, client, head, undefined);
    await client.query('COMMIT');
    return trusted;
  });
}

/** The logs in a database that hold an entry, the oldest first: each but the last is frozen. */
export async function originsIn(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ origin: string }>(
    'SELECT origin FROM log_head WHERE size > 0 ORDER BY recorded_at',
  );
  return rows.map(({ origin }) => origin);
}

/**
 * Freezes a log for the one that succeeds it, and gives its last head: from now on every process
 * refuses to append, as `log-read-only` with the successor's name. To freeze it again for the same
 * successor changes nothing; for another throws `log-read-only`. An empty log is a fault.
 */
export function freezeLog(pool: pg.Pool, log: Log, successor: string): Promise<LogHead> {
  return withConnection(pool, async (client) => {
    await client.query(BEGIN_DURABLE);
    const locked = await client.query(`${selectHead(log.origin)} FOR UPDATE`);
    const head = await trustHead(log, client, headOf(locked.rows[0]), undefined);
    if (head.size === 0) throw new Error(`The log ${log.origin} is empty: nothing can succeed it`);
    if (head.successor !== null && head.successor !== successor)
      throw frozen(log.origin, head.successor);
    await client.query('UPDATE log_head SET successor = $2 WHERE origin = $1', [
      log.origin,
      successor,
    ]);
    await client.query('COMMIT');
    return { ...head, successor };
  });
}

/**
 * A successor begins later than its predecessor ended, by a millisecond at least: the times of its
 * entries then order the whole history of the registry.
 */
async function insertHead(client: pg.ClientBase, log: Log): Promise<void> {
  const root = frontierRoot(log.crypto.sha256, EMPTY_FRONTIER);
  const checkpoint = await signOwnCheckpoint(log, 0, root);
  await client.query(
    `INSERT INTO log_head
       (origin, epoch, size, root, edge, last_leaf_hash, checkpoint, recorded_at)
     SELECT $1, 0, 0, $2, '', $3, $4,
       greatest(clock_timestamp(), max(recorded_at) + interval '1 millisecond')
     FROM log_head`,
    [log.origin, Buffer.from(root), Buffer.from(NO_LEAF_HASH), checkpoint],
  );
  await client.query('INSERT INTO checkpoint (origin, size, note) VALUES ($1, 0, $2)', [
    log.origin,
    checkpoint,
  ]);
}
