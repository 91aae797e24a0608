import type pg from 'pg';
import type { DataSource } from 'typeorm';
import {
  createDataSource,
  type LedgerItem,
  type Log,
  LogReader,
  migrateDatabase,
  openLog,
  poolOf,
  Sequencer,
} from '#lib/store';
import { LEDGER_DECIDERS } from '../../apps/registry/src/deciders.js';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.js';
import { benchLog } from '../workload/bench-log.js';
import { genesisBody } from '../workload/genesis-body.js';
import { itemOf, itemsOf } from '../workload/ledger-items.js';
import type { World } from '../workload/works.js';

/** A ledger on a database of its own, with the rules of the registry, that knows a world. */
export interface LedgerUnderTest {
  log: Log;
  pool: pg.Pool;
  sequencer: Sequencer;
  reader: LogReader;
  database: FreshDatabase;
  close(): Promise<void>;
}

const ORIGIN = 'bench.registry.example/log';

/** An empty ledger: migrated, opened, and nothing recorded. */
export async function emptyLedger(queueLimit = 4_096): Promise<LedgerUnderTest> {
  const database = await freshDatabase();
  await migrateDatabase(database.adminUrl);
  const dataSource: DataSource = await createDataSource(database.url).initialize();
  const pool = poolOf(dataSource);
  const log = benchLog(ORIGIN);
  await openLog(pool, log);
  const onFault = (fault: Error) => {
    throw fault;
  };
  const sequencer = new Sequencer({ pool, log, deciders: LEDGER_DECIDERS, onFault, queueLimit });
  const close = async () => {
    await sequencer.close();
    await dataSource.destroy();
    await database.drop();
  };
  return { log, pool, sequencer, reader: new LogReader(pool, log, onFault), database, close };
}

/** A ledger that has recorded its genesis and everything that founds the world. */
export async function foundedLedger(world: World): Promise<LedgerUnderTest> {
  const ledger = await emptyLedger();
  await ledger.sequencer.append(await itemOf(await genesisBody(ledger.log, world.authority)));
  await appendAll(ledger.sequencer, await itemsOf(world.founding), 256);
  return ledger;
}

/** Appends the items with so many of them waiting at any time; gives each one's milliseconds. */
export async function appendAll(
  sequencer: Sequencer,
  items: readonly LedgerItem[],
  waiting: number,
): Promise<number[]> {
  const durations: number[] = [];
  let next = 0;
  const submitter = async () => {
    while (next < items.length) {
      const item = items[next++]!;
      const started = performance.now();
      await sequencer.append(item);
      durations.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: waiting }, submitter));
  return durations;
}
