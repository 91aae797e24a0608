import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, ledgerOwnershipWarning, migrateDatabase, poolOf } from '#lib/store';
import { type FreshDatabase, freshDatabase } from '../support/database.js';

describe('the schema', () => {
  let database: FreshDatabase;
  let served: DataSource;

  beforeAll(async () => {
    database = await freshDatabase();
    await Promise.all([1, 2, 3].map(() => migrateDatabase(database.adminUrl)));
    served = await createDataSource(database.url).initialize();
  });

  afterAll(async () => {
    await served?.destroy();
    await database?.drop();
  });

  const asOwner = async (sql: string) => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };

  it('is made once by three processes that start at the same moment', async () => {
    const { rows } = await asOwner('SELECT name FROM migrations');
    expect(rows).toEqual([
      { name: 'CreateLedger1795000000000' },
      { name: 'AddSuccession1795200000000' },
      { name: 'SortState1795300000000' },
      { name: 'CountForks1795400000000' },
    ]);
  });

  it('is what the entities say it is', async () => {
    const owner = await createDataSource(database.adminUrl, 1).initialize();
    try {
      const { upQueries } = await owner.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await owner.destroy();
    }
  });

  it('can be taken down and made again', async () => {
    const scratch = await freshDatabase();
    await migrateDatabase(scratch.adminUrl);
    const owner = await createDataSource(scratch.adminUrl, 1).initialize();
    await owner.undoLastMigration();
    await owner.destroy();
    await migrateDatabase(scratch.adminUrl);
    await scratch.drop();
  });

  const ledger = [
    'entry',
    'statement',
    'disclosure',
    'evidence',
    'tile',
    'checkpoint',
    'witness_evidence',
  ];

  it.each(ledger)('lets the serving role add to %s and never change it', async (table) => {
    const pool = poolOf(served);
    await pool.query(`SELECT count(*) FROM ${table}`);
    await expect(pool.query(`UPDATE ${table} SET origin = 'x'`)).rejects.toThrow(/permission/);
    await expect(pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission/);
    await expect(pool.query(`TRUNCATE ${table}`)).rejects.toThrow(/permission/);
  });

  it('does not let the serving role drop a log, its guards or its tables', async () => {
    const pool = poolOf(served);
    await expect(pool.query('DELETE FROM log_head')).rejects.toThrow(/permission/);
    await expect(pool.query('DROP TABLE entry')).rejects.toThrow(/owner/);
    await expect(pool.query('ALTER TABLE entry DISABLE TRIGGER ALL')).rejects.toThrow(/owner/);
    await expect(pool.query('SET session_replication_role = replica')).rejects.toThrow(
      /permission/,
    );
  });

  it('stops even the owner, until the owner takes the guard away', async () => {
    for (const table of ledger) {
      await expect(asOwner(`UPDATE ${table} SET origin = 'x'`)).rejects.toThrow('append-only');
      await expect(asOwner(`TRUNCATE ${table}`)).rejects.toThrow('append-only');
    }
    await expect(asOwner('DELETE FROM entry')).rejects.toThrow('append-only');
    await expect(asOwner('DELETE FROM disclosure')).resolves.toBeDefined();
  });

  it('warns when the role that serves could change the ledger', async () => {
    expect(await ledgerOwnershipWarning(poolOf(served))).toBeUndefined();
    const owner = await createDataSource(database.adminUrl, 1).initialize();
    expect(await ledgerOwnershipWarning(poolOf(owner))).toMatch(/may change checkpoint, .*tile/);
    await owner.destroy();
  });
});
