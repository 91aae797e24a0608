import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reportSkipped } from '../fault/seeds.js';
import { freshDatabase, runOn, type FreshDatabase } from '../support/database.js';

const PROGRAM = 'dist/bench/main.js';
const TMPFS = 0x01021994;
const NOWHERE = 'postgres://nobody:nothing@127.0.0.1:1/nothing';

describe('a bench on a machine without what it needs', () => {
  let database: FreshDatabase;
  let elsewhere: string;

  beforeAll(async () => {
    execFileSync(process.execPath, ['tools/build.mjs', 'bench', 'test/support'], {
      stdio: 'ignore',
    });
    database = await freshDatabase();
    elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-without-'));
  });
  afterAll(async () => {
    await database?.drop();
    fs.rmSync(elsewhere, { recursive: true, force: true });
  });

  /** Runs it, behind another program perhaps; it has to refuse, and says why. */
  function refusal(
    env: Record<string, string>,
    { behind = [], cwd = '.' }: { behind?: string[]; cwd?: string } = {},
  ): string {
    const [program, ...args] = [...behind, process.execPath, PROGRAM, 'log', '--quick', '--json'];
    const { status, stdout, stderr } = spawnSync(program!, args, {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], DATABASE_URL: NOWHERE, ...env },
      timeout: 25_000,
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Nothing is reported: the bench did not come to its end.');
    return stderr;
  }

  const works = (...command: string[]) => spawnSync(command[0]!, command.slice(1)).status === 0;

  it('names a database that does not answer', () => {
    expect(refusal({})).toMatch(/needs the PostgreSQL that DATABASE_URL names: .*ECONNREFUSED/);
  });

  it('names the setting of a database that does not wait for its disk', async () => {
    const { pathname } = new URL(database.adminUrl);
    await runOn(database.adminUrl, [
      `ALTER DATABASE ${pathname.slice(1)} SET synchronous_commit = off`,
    ]);
    const env = { DATABASE_URL: database.url, DATABASE_ADMIN_URL: database.adminUrl };
    expect(refusal(env)).toMatch(
      /needs a PostgreSQL with (fsync|synchronous_commit) on; it is off/,
    );
  });

  it('names the folder in which it can write nothing', () => {
    const TMPDIR = path.join(elsewhere, 'missing');
    expect(refusal({ TMPDIR })).toContain(`a folder that it can write in ${TMPDIR}: ENOENT`);
  });

  it('does not take memory for a disk', () => {
    if (!fs.existsSync('/dev/shm') || fs.statfsSync('/dev/shm').type !== TMPFS)
      return reportSkipped('a bench in memory', 'there is no tmpfs at /dev/shm');
    expect(refusal({ TMPDIR: '/dev/shm' })).toMatch(/a disk under \/dev\/shm, which is memory/);
  });

  it('does not share one core with what it measures', () => {
    const allowed = /Cpus_allowed_list:\s*(\d+)/.exec(
      fs.existsSync('/proc/self/status') ? fs.readFileSync('/proc/self/status', 'utf8') : '',
    )?.[1];
    const behind = ['taskset', '-c', String(allowed)];
    if (!works(...behind, 'true'))
      return reportSkipped('a bench on one core', 'taskset cannot keep a program on one');
    expect(refusal({}, { behind })).toContain('2 cores');
  });

  it('does not run where nobody can be spoken to', () => {
    const behind = ['unshare', '--user', '--map-root-user', '--net'];
    if (!works(...behind, 'true'))
      return reportSkipped('a bench without a network', 'unshare may make none here');
    expect(refusal({}, { behind })).toMatch(/the loopback address 127\.0\.0\.1: E[A-Z]+/);
  });

  it('names the peer that is not installed', () => {
    for (const part of ['apps', 'libs', 'bench', 'test'])
      fs.cpSync(path.join('dist', part), path.join(elsewhere, 'dist', part), { recursive: true });
    fs.copyFileSync('package.json', path.join(elsewhere, 'package.json'));
    const [from, to] = [fs.realpathSync('node_modules'), path.join(elsewhere, 'node_modules')];
    fs.mkdirSync(to);
    for (const name of fs.readdirSync(from))
      if (name !== 'hypercore') fs.symlinkSync(path.join(from, name), path.join(to, name));
    expect(refusal({}, { cwd: elsewhere })).toMatch(/the package hypercore, which npm ci installs/);
  });

  it('names everything that is missing at once', () => {
    const TMPDIR = path.join(elsewhere, 'missing');
    const said = refusal({ TMPDIR }, { cwd: elsewhere });
    expect(said).toMatch(/hypercore.*; and .*a folder that it can write/);
  });

  it('does not guess what was asked for', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'speed'], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('There is no part "speed": log, verify, rules.');
  });
});
