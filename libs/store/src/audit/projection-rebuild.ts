import type pg from 'pg';
import { hashesEqual } from '#lib/tlog';
import { withConnection } from '../connection.js';
import { logsOf, type Log } from '../ledger.js';
import { headOf, selectHead, trustHead } from '../sequencer/log-head.js';
import { PAGE_SIZE, readLedgerPage } from './ledger-page.js';
import { LedgerReplay, type Replay, replayRow } from './ledger-replay.js';

/** What a rebuild is given. */
export interface RebuildOptions {
  pool: pg.Pool;
  log: Log;
  replay: Replay;
  onProgress?(done: number, total: number): void;
}

const LIVE_TABLES = ['state', 'mention', 'lineage'];

/**
 * Makes state, mentions and lineage again from the ledger, every log of it, by `apply` alone, and puts them in place
 * of what is there in one transaction. The registry may run meanwhile: only the last step holds the
 * head. Gives the number of entries applied; faults when the ledger itself does not hold.
 */
export function rebuildProjections(options: RebuildOptions): Promise<number> {
  return withConnection(options.pool, (client) => rebuild(client, options));
}

async function rebuild(client: pg.ClientBase, options: RebuildOptions): Promise<number> {
  const { log, replay } = options;
  const replayed = await LedgerReplay.begin(client, replay);
  const logs = logsOf(log).map((each) => ({ log: each, done: 0 }));
  const readUpToHeads = async () => {
    for (const each of logs) {
      const { size } = headOf((await client.query(selectHead(each.log.origin))).rows[0]);
      for (; each.done < size; options.onProgress?.(each.done, size))
        each.done = await applyPage(client, each.log, replay, replayed, each.done, size);
    }
  };
  await readUpToHeads();
  await client.query('BEGIN');
  // Only the newest log can have grown meanwhile; from here on it cannot either.
  const locked = await client.query(`${selectHead(log.origin)} FOR UPDATE`);
  await trustHead(log, client, headOf(locked.rows[0]), undefined);
  await readUpToHeads();
  for (const table of LIVE_TABLES)
    await client.query(`DELETE FROM ${table}; INSERT INTO ${table} TABLE replayed_${table}`);
  // A new version of the head's row: what a sequencer remembers of state does not hold any more.
  await client.query(`UPDATE log_head SET epoch = epoch WHERE origin = $1`, [log.origin]);
  await client.query('COMMIT');
  return logs.reduce((sum, { done }) => sum + done, 0);
}

async function applyPage(
  client: pg.ClientBase,
  log: Log,
  replay: Replay,
  replayed: LedgerReplay,
  first: number,
  size: number,
): Promise<number> {
  const end = Math.min(first + PAGE_SIZE, size);
  const rows = await readLedgerPage(client, log.origin, first, end);
  for (const { index, entry, statement } of rows)
    if (entry && statement && !hashesEqual(log.crypto.sha256(statement.bytes), entry.digest))
      throw new Error(`Statement ${index} has other bytes than its entry says: audit first`);
  const opened = await Promise.all(rows.map((row) => replayRow(replay, row)));
  await replayed.apply(log.origin, opened);
  return end;
}
