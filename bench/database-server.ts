import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '#lib/store';
import pg from 'pg';
import { Unmet } from './requirements.js';

/** The PostgreSQL of a run, which syncs every commit to disk. */
export interface DatabaseServer {
  version: string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL in a folder of its own, or takes the one that DATABASE_URL and
 * DATABASE_ADMIN_URL name. Throws Unmet when that does not answer, or does not sync to disk.
 */
export async function startDatabaseServer(): Promise<DatabaseServer> {
  if (process.env['DATABASE_URL']) {
    process.env['DATABASE_ADMIN_URL'] ??= process.env['DATABASE_URL'];
    return { version: await requireSync(process.env['DATABASE_ADMIN_URL']), stop: nothing };
  }
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-bench-'));
  const server = await startEmbedded({ dataDir });
  process.env['DATABASE_URL'] = server.url;
  process.env['DATABASE_ADMIN_URL'] = server.adminUrl;
  const stop = async () => {
    await server.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    return { version: await requireSync(server.adminUrl), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function requireSync(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect().catch((error: NodeJS.ErrnoException) => {
    const why = error.message || error.code;
    throw new Unmet(`The bench needs the PostgreSQL that DATABASE_URL names: ${why}.`);
  });
  try {
    const settings: Record<string, string> = {};
    for (const name of ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
      settings[name] = rows[0]![name]!;
    }
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
      if (settings[name] !== 'on')
        throw new Unmet(`The bench needs a PostgreSQL with ${name} on; it is ${settings[name]}.`);
    return settings['server_version']!;
  } finally {
    await client.end();
  }
}

const nothing = () => Promise.resolve();
