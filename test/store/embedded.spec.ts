import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Embedded, startEmbedded } from '#lib/store';

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  const running: Embedded[] = [];

  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-embedded-'));
  });

  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    delete process.env.PG_ROOT;
    delete process.env.PG_BIN_DIR;
    fs.rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    const server = await startEmbedded({ dataDir, unsafeFast: true });
    running.push(server);
    return server;
  };

  const ask = async (url: string, sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('serves a role that owns nothing beside the owner who migrates', async () => {
    const server = await start();
    expect(await ask(server.url, 'SELECT current_user AS who')).toEqual([{ who: 'lodestone_app' }]);
    expect(await ask(server.adminUrl, 'SELECT current_user AS who')).toEqual([
      { who: 'lodestone' },
    ]);
    await expect(ask(server.url, 'CREATE TABLE mine (id int)')).rejects.toThrow(
      'permission denied',
    );
  });

  it('keeps what was written when it is stopped and started again', async () => {
    const first = await start();
    await ask(first.adminUrl, 'CREATE TABLE kept AS SELECT 7 AS value');
    await running.pop()!.stop();
    const second = await start();
    expect(await ask(second.adminUrl, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('lets two starters share one server', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(other.pid).toBe(one.pid);
    expect([one.how, other.how]).toContain('adopted');
  });

  it('starts again over the pid file that a killed server left behind', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses a data directory that another major version made', async () => {
    await start();
    await running.pop()!.stop();
    fs.writeFileSync(path.join(dataDir, 'pg', 'PG_VERSION'), '9\n');
    await expect(start()).rejects.toThrow(/was made by PostgreSQL 9, and the binaries are \d+/);
  });

  it('says what to set when the binaries do not run', async () => {
    process.env.PG_BIN_DIR = path.join(dataDir, 'nowhere');
    await expect(start()).rejects.toThrow(/initdb failed|cannot read|DATABASE_URL/);
  });

  it('runs as an ordinary user even where root may not make a user namespace', async () => {
    process.env.PG_ROOT = 'setuid';
    if (process.getuid?.() !== 0) {
      expect((await start()).how).toBe('own user');
      return;
    }
    const outsider = { uid: 65534, gid: 65534, cwd: '/' };
    if (spawnSync('test', ['-x', process.cwd()], outsider).status !== 0) {
      await expect(start()).rejects.toThrow('move the checkout out of a private folder');
      return;
    }
    expect((await start()).how).toMatch(/^setuid /);
    expect(fs.statSync(path.join(dataDir, 'pg')).uid).not.toBe(0);
  });
});
