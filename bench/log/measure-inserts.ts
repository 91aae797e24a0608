import pg from 'pg';
import { openLog, migrateDatabase, type LedgerItem } from '#lib/store';
import { freshDatabase } from '../../test/support/database.js';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { genesisBody } from '../workload/genesis-body.js';
import { itemOf } from '../workload/ledger-items.js';
import { type PreparedBatch, RowMaker } from '../workload/prepared-batch.js';
import type { World } from '../workload/works.js';
import {
  byArrays,
  byCopy,
  byValues,
  measureInserts,
  measureRowsPerTransaction,
} from './insert-baselines.js';

/** Statements in a transaction, as the sequencer has it. */
export const BATCH = 256;
const CLIENTS = 32;

/** What inserting alone comes to, in statements per second. */
export interface InsertFigures {
  values: number;
  rowPerTransaction: number;
}

/** (a) and (b): the same rows into the same tables, with nothing decided, chained or proved. */
export async function measureInsertsAlone(
  report: Report,
  world: World,
  founding: readonly LedgerItem[],
  events: readonly LedgerItem[],
  scale: Scale,
): Promise<InsertFigures> {
  const bulk = events.slice(0, scale.inserted);
  const values = await onFreshTables(world, founding, bulk, BATCH, (client, batches) =>
    measureInserts(client, batches, byValues),
  );
  report.rate('insertValues', '(a) multi-row INSERT, 256 a transaction', values, 'statements/s');
  const arrays = await onFreshTables(
    world,
    founding,
    bulk,
    BATCH,
    (client, batches) => measureInserts(client, batches, byArrays),
    { pipeline: true },
  );
  report.rate('insertArrays', "    the sequencer's own inserts, of arrays", arrays, 'statements/s');
  const copy = await onFreshTables(world, founding, bulk, BATCH, (client, batches) =>
    measureInserts(client, batches, byCopy),
  );
  report.rate('copy', '    COPY, save for state', copy, 'statements/s');
  const single = events.slice(0, scale.single);
  const rowPerTransaction = await onFreshTables(world, founding, single, 1, (_, batches, pool) =>
    measureRowsPerTransaction(pool, batches, CLIENTS),
  );
  report.rate(
    'rowPerTransaction',
    `(b) one statement a transaction, ${CLIENTS} clients`,
    rowPerTransaction,
    'statements/s',
  );
  return { values, rowPerTransaction };
}

type Measure = (
  client: pg.ClientBase,
  batches: readonly PreparedBatch[],
  pool: pg.Pool,
) => Promise<number>;

async function onFreshTables(
  world: World,
  founding: readonly LedgerItem[],
  events: readonly LedgerItem[],
  batchSize: number,
  measure: Measure,
  how: { pipeline?: boolean } = {},
): Promise<number> {
  const database = await freshDatabase();
  await migrateDatabase(database.adminUrl);
  const maker = new RowMaker();
  const genesis = await itemOf(await genesisBody(maker.log, world.authority));
  const before = await maker.prepare([genesis, ...founding], BATCH);
  const batches = await maker.prepare(events, batchSize);
  const pool = new pg.Pool({ connectionString: database.url, max: CLIENTS, ...how });
  const client = await pool.connect();
  try {
    await openLog(pool, maker.log);
    await measureInserts(client, before, byValues);
    return await measure(client, batches, pool);
  } finally {
    client.release();
    await pool.end();
    await database.drop();
  }
}
