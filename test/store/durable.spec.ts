import pg from 'pg';
import { freezeLog, migrateDatabase, poolOf, WitnessStore } from '#lib/store';
import { type FreshDatabase, freshDatabase, runOn } from '../support/database.js';
import { open, startToy, toyLog, type ToyProcess } from '../support/toy-ledger.js';

/** Refuses what would be told before it is on disk. */
const DEMAND = `CREATE FUNCTION demand_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('synchronous_commit') <> 'on' THEN
    RAISE EXCEPTION 'told before it is on disk';
  END IF;
  RETURN NEW;
END $$`;
const TABLES = ['log_head', 'entry', 'witness_state'];

describe('a database that was told to commit without waiting for the disk', () => {
  const log = toyLog();
  let database: FreshDatabase;
  let toy: ToyProcess;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    const name = new URL(database.url).pathname.slice(1);
    await runOn(database.adminUrl, [
      `ALTER DATABASE ${name} SET synchronous_commit = off`,
      DEMAND,
      ...TABLES.map(
        (table) => `CREATE TRIGGER demand_sync BEFORE INSERT OR UPDATE ON ${table}
          FOR EACH ROW EXECUTE FUNCTION demand_sync()`,
      ),
    ]);
    toy = await startToy(database.url, log);
  });
  afterAll(async () => {
    await toy?.stop();
    await database?.drop();
  });

  it('is made to wait before a log is opened, a statement acknowledged, a log frozen', async () => {
    expect(await toy.sequencer.append(open('mine', 1))).toMatchObject({ index: 0 });
    const { successor } = await freezeLog(poolOf(toy.dataSource), log, 'next.example/log');
    expect(successor).toBe('next.example/log');
  });

  it('is made to wait before another log is told that it was cosigned', async () => {
    const hold = { size: 1, rootHash: new Uint8Array(32), note: 'held' };
    const store = new WitnessStore(poolOf(toy.dataSource));
    expect(await store.decide('other.example/log', () => ({ answer: 200, hold }))).toBe(200);
  });

  it('would not, for anybody else', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const update = client.query('UPDATE witness_state SET size = 2');
    await expect(update).rejects.toThrow('told before it is on disk');
    await client.end();
  });
});
