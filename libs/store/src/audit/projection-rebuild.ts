import type pg from 'pg';
import { hashesEqual } from '#lib/tlog';
import { withConnection } from '../connection.js';
import type { Log } from '../ledger.js';
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
 * Makes state, mentions and lineage again from the ledger, by `apply` alone, and puts them in place
 * of what is there in one transaction. The registry may run meanwhile: only the last step holds the
 * head. Gives the number of entries applied; faults when the ledger itself does not hold.
 */
export function rebuildProjections(options: RebuildOptions): Promise<number> {
  return withConnection(options.pool, (client) => rebuild(client, options));
}

async function rebuild(client: pg.ClientBase, options: RebuildOptions): Promise<number> {
  const { log, replay } = options;
  let done = 0;
  const readUpTo = async (size: number, replayed: LedgerReplay) => {
    for (; done < size; options.onProgress?.(done, size))
      done = await applyPage(client, options, replayed, done, Math.min(done + PAGE_SIZE, size));
  };
  const replayed = await LedgerReplay.begin(client, log.origin, replay);
  await readUpTo(headOf((await client.query(selectHead(log.origin))).rows[0]).size, replayed);
  await client.query('BEGIN');
  const locked = await client.query(`${selectHead(log.origin)} FOR UPDATE`);
  const head = await trustHead(log, client, headOf(locked.rows[0]), undefined);
  await readUpTo(head.size, replayed);
  for (const table of LIVE_TABLES)
    await client.query(`DELETE FROM ${table}; INSERT INTO ${table} TABLE replayed_${table}`);
  await client.query('COMMIT');
  return done;
}

async function applyPage(
  client: pg.ClientBase,
  { log, replay }: RebuildOptions,
  replayed: LedgerReplay,
  first: number,
  end: number,
): Promise<number> {
  const rows = await readLedgerPage(client, log.origin, first, end);
  for (const { index, entry, statement } of rows)
    if (entry && statement && !hashesEqual(log.crypto.sha256(statement.bytes), entry.digest))
      throw new Error(`Statement ${index} has other bytes than its entry says: audit first`);
  await replayed.apply(await Promise.all(rows.map((row) => replayRow(replay, row))));
  return end;
}
