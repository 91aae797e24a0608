import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** An empty database of its own for one test file. */
export interface FreshDatabase {
  /** For the role that serves. */
  url: string;
  /** For the owner, who migrates and who may tamper. */
  adminUrl: string;
  drop(): Promise<void>;
}

/** Makes an empty database on the run's server; nothing in it is migrated yet. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { DATABASE_URL: url, DATABASE_ADMIN_URL: adminUrl } = process.env;
  if (!url || !adminUrl) throw new Error('the test run has no database: see global-setup.mjs');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(adminUrl, `CREATE DATABASE ${name} STRATEGY file_copy`);
  return {
    url: within(url, name),
    adminUrl: within(adminUrl, name),
    drop: () => query(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

function within(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
