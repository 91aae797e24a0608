import type pg from 'pg';
import { EMPTY_FRONTIER, frontierRoot } from '#lib/tlog';
import { withConnection } from './connection.js';
import type { Log } from './ledger.js';
import { NO_LEAF_HASH } from './reader/entry-row.js';
import { signOwnCheckpoint } from './sequencer/log-growth.js';
import { type LogHead, headOf, selectHead, trustHead } from './sequencer/log-head.js';

/** How a log may be opened. */
export interface OpenLogOptions {
  /**
   * Begin a log beside the one that the database holds already. Without it a registry whose origin
   * was changed by mistake does not silently begin a second history.
   */
  successor?: boolean;
}

/**
 * Opens a log: makes its head, empty and signed, when there is none, else proves the one there is.
 * Any number of processes may open it at once. Throws `log-read-only` when the head does not hold,
 * and faults when the database belongs to a log of another origin.
 */
export function openLog(
  pool: pg.Pool,
  log: Log,
  { successor = false }: OpenLogOptions = {},
): Promise<LogHead> {
  return withConnection(pool, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['lodestone open log']);
    const { rows } = await client.query<{ origin: string }>('SELECT origin FROM log_head');
    const origins = rows.map(({ origin }) => origin);
    if (!origins.includes(log.origin)) {
      if (origins.length > 0 && !successor)
        throw new Error(`This database holds the log ${origins.join(', ')}, not ${log.origin}`);
      await insertHead(client, log);
    }
    const head = headOf((await client.query(selectHead(log.origin))).rows[0]);
    const trusted = await trustHead(log, client, head, undefined);
    await client.query('COMMIT');
    return trusted;
  });
}

async function insertHead(client: pg.ClientBase, log: Log): Promise<void> {
  const root = frontierRoot(log.crypto.sha256, EMPTY_FRONTIER);
  const checkpoint = await signOwnCheckpoint(log, 0, root);
  await client.query(
    `INSERT INTO log_head
       (origin, epoch, size, root, edge, last_leaf_hash, checkpoint, recorded_at)
     VALUES ($1, 0, 0, $2, '', $3, $4, clock_timestamp())`,
    [log.origin, Buffer.from(root), Buffer.from(NO_LEAF_HASH), checkpoint],
  );
  await client.query('INSERT INTO checkpoint (origin, size, note) VALUES ($1, 0, $2)', [
    log.origin,
    checkpoint,
  ]);
}
