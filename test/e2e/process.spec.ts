import { execFile, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const MAIN = 'dist/apps/registry/src/main.js';
const AUDIT = 'dist/apps/registry/src/audit.js';
const REBUILD = 'dist/apps/registry/src/rebuild.js';

/** Whole processes start and stop here, beside everything else that a busy machine does. */
jest.setTimeout(120_000);

/** The service as it is shipped: `npm test` has built it. */
describe('the built service', () => {
  let database: FreshDatabase;
  let child: ChildProcess | undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-process-'));
  const env = (changes: object = {}) => ({
    PATH: process.env['PATH'],
    PORT: '0',
    LODESTONE_DATA: folder,
    LODESTONE_DOMAIN: 'au.registry.example',
    LODESTONE_ANNOUNCE: 'json',
    DATABASE_URL: database.url,
    DATABASE_ADMIN_URL: database.adminUrl,
    ...changes,
  });

  /** Its announcement, or what it said on standard error when it ended instead. */
  function start(changes: object = {}): Promise<Record<string, string>> {
    const started = spawn(process.execPath, [MAIN], {
      env: env(changes),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    return new Promise((resolve, reject) => {
      let complaint = '';
      started.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      createInterface({ input: started.stdout }).on('line', (line) => resolve(JSON.parse(line)));
      started.on('exit', (code) => reject(new Error(`exit ${code}: ${complaint}`)));
    });
  }

  const stopped = (started: ChildProcess) =>
    new Promise<number | null>((resolve) => {
      started.once('exit', resolve);
      started.kill('SIGTERM');
    });

  /** Runs an entry point with --json: its exit code and what it printed. */
  const run = (program: string, changes: object = {}) =>
    new Promise<{ code: number; report: { findings: { table: string }[] } | undefined }>(
      (resolve) => {
        const options = { env: env(changes) as NodeJS.ProcessEnv };
        execFile(process.execPath, [program, '--json'], options, (error, stdout) =>
          resolve({
            code: error ? Number(error.code) : 0,
            report: stdout ? JSON.parse(stdout) : undefined,
          }),
        );
      },
    );
  const audit = (changes?: object) => run(AUDIT, changes);

  async function asOwner(sql: string): Promise<void> {
    const owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
    await owner.query(sql);
    await owner.end();
  }

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    if (child?.exitCode === null) child.kill('SIGKILL');
    await database?.drop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('announces where it serves, serves, and stops cleanly when it is told to', async () => {
    const announcement = await start();
    expect(announcement).toMatchObject({
      event: 'ready',
      jurisdiction: 'AU',
      domain: 'au.registry.example',
      did: 'did:web:au.registry.example',
      origin: 'au.registry.example/log',
    });
    const answer = await fetch(`${announcement['url']}/health/ready`);
    expect(await answer.json()).toMatchObject({ status: 'ready', treeSize: 1 });
    const { mode } = fs.statSync(path.join(folder, 'registry.keystore.json'));
    expect((mode & 0o777).toString(8)).toBe('600');
    expect(await stopped(child!)).toBe(0);
  });

  it('announces its domain also when nobody names it: that of its database, else of its port', async () => {
    const again = await start({ LODESTONE_DOMAIN: '' });
    expect(again['domain']).toBe('au.registry.example');
    expect(await stopped(child!)).toBe(0);
    const fresh = await freshDatabase();
    const data = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-process-'));
    const port = await freePort();
    const announcement = await start({
      PORT: String(port),
      LODESTONE_DOMAIN: '',
      LODESTONE_DATA: data,
      DATABASE_URL: fresh.url,
      DATABASE_ADMIN_URL: fresh.adminUrl,
    });
    expect(announcement).toMatchObject({
      domain: `localhost:${port}`,
      did: `did:web:localhost%3A${port}`,
    });
    expect(await stopped(child!)).toBe(0);
    await fresh.drop();
    fs.rmSync(data, { recursive: true, force: true });
  });

  it('ends with a sentence, not a stack, when its settings contradict its database', async () => {
    const refused = start({ LODESTONE_DOMAIN: 'other.example' });
    await expect(refused).rejects.toThrow(/^exit 1: lodestone: This database is the registry of/);
  });

  it('says so when its database is not there', async () => {
    const nowhere = 'postgres://nobody@127.0.0.1:1/none';
    const refused = start({ DATABASE_URL: nowhere, DATABASE_ADMIN_URL: nowhere });
    await expect(refused).rejects.toThrow(
      /^exit 1: lodestone: PostgreSQL at 127\.0\.0\.1:1\/none does not answer/,
    );
  });

  it('is audited clean, beside no running service', async () => {
    expect(await audit()).toMatchObject({ code: 0, report: { treeSize: 1, findings: [] } });
  });

  it('has its state made again from the ledger when somebody deleted it', async () => {
    await asOwner('DELETE FROM state');
    expect((await audit()).report!.findings.map(({ table }) => table)).toContain('state');
    await expect(start()).rejects.toThrow('run `lodestone rebuild` first');
    expect(await run(REBUILD)).toMatchObject({ code: 0, report: { applied: 1 } });
    expect(await audit()).toMatchObject({ code: 0, report: { findings: [] } });
  });

  it('is found out when a statement was changed behind its back', async () => {
    await asOwner(`SET session_replication_role = replica;
      UPDATE statement SET bytes = bytes || ' '::bytea WHERE index = 0`);
    const { code, report } = await audit();
    expect(code).toBe(1);
    expect(report!.findings.map(({ table }) => table)).toContain('statement');
  });

  it('says 2 when the audit could not run', async () => {
    const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect((await audit(nowhere)).code).toBe(2);
  });
});

/** A port on which nothing listens at the moment. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
