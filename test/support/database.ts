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

/** What a registry warns of beside this: that the server of a test run does not sync, for speed. */
export const besideSyncing = (warnings: readonly string[]): string[] =>
  warnings.filter((each) => !each.startsWith('PostgreSQL runs with fsync'));

/** Makes an empty database on the run's server; nothing in it is migrated yet. */
export function freshDatabase(): Promise<FreshDatabase> {
  return createDatabase();
}

/** Makes a copy of a database as it is now, to which nothing is connected: a backup. */
export function copyDatabase({ url }: FreshDatabase): Promise<FreshDatabase> {
  return createDatabase(new URL(url).pathname.slice(1));
}

/** Runs statements one after another on one connection. */
export async function runOn(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

async function createDatabase(template = 'template1'): Promise<FreshDatabase> {
  const { DATABASE_URL: url, DATABASE_ADMIN_URL: adminUrl } = process.env;
  if (!url || !adminUrl) throw new Error('the test run has no database: see global-setup.mjs');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOn(adminUrl, [`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`]);
  return {
    url: within(url, name),
    adminUrl: within(adminUrl, name),
    drop: () => runOn(adminUrl, [`DROP DATABASE ${name} WITH (FORCE)`]),
  };
}

function within(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}
