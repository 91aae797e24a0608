import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrateDatabase } from '#lib/store';
import { openCheckpoint, parseEntry } from '#lib/tlog';
import { compileLibs } from '../support/compiled-libs.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import {
  open,
  startToy,
  toyLog,
  transfer,
  type ToyProcess,
  type ToyStatement,
} from '../support/toy-ledger.js';

const folder = path.resolve(`.data/paused-holder-${process.pid}`);
const keys = generateKeyPairSync('ed25519');
const log = toyLog(undefined, keys);

describe('a process that is paused while it holds the head of the log', () => {
  let database: FreshDatabase;
  let owner: pg.Client;
  let toy: ToyProcess;
  const children: ChildProcess[] = [];

  beforeAll(() => compileLibs(folder, ['libs', 'test/support']));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
    toy = await startToy(database.url, log);
    await toy.sequencer.append(open('mine', 10));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await toy.stop();
    await owner.end();
    await database.drop();
  });

  /** Starts another process that appends, and waits until it has stopped itself. */
  async function pausedWith(statement: ToyStatement) {
    const program = path.join(folder, 'test/support/pausing-appender.js');
    const pem = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const args = [program, database.url, pem, JSON.stringify(statement)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const answer = new Promise<unknown>((resolve) =>
      child.once('close', () => resolve(JSON.parse(output))),
    );
    while (!isStopped(child.pid!)) await sleep(20);
    return { child, answer };
  }

  /** Every checkpoint ever signed, by size; each opens under the log's key. */
  async function signedSizes(): Promise<number[]> {
    const { rows } = await owner.query<{ note: string }>(
      'SELECT note FROM checkpoint ORDER BY size',
    );
    const opened = await Promise.all(
      rows.map(({ note }) => openCheckpoint(log.crypto, note, log.keys)),
    );
    return opened.map(({ checkpoint }) => checkpoint.treeSize);
  }

  it('blocks nobody for longer than its transaction may idle, and signs nothing twice', async () => {
    const { child, answer } = await pausedWith({ kind: 'open', to: 'sleeper', amount: 1 });
    const began = Date.now();
    const receipts = [await toy.sequencer.append(open('ann', 1))];
    expect(Date.now() - began).toBeLessThan(8_000);
    receipts.push(await toy.sequencer.append(open('bob', 1)));
    child.kill('SIGCONT');
    expect(receipts.map(({ index }) => index)).toEqual([1, 2]);
    // What it had signed and never committed is gone with its transaction; it decides anew.
    expect(await answer).toMatchObject({ index: 3 });
    expect(await signedSizes()).toEqual([0, 1, 2, 3, 4]);
    expect((await toy.sequencer.append(open('carl', 1))).index).toBe(4);
  });

  it('does not spend what another spent while it slept', async () => {
    const spend: ToyStatement = { kind: 'transfer', from: 'mine', to: 'sleeper', amount: 10 };
    const { child, answer } = await pausedWith(spend);
    const { entry } = await toy.sequencer.append(transfer('mine', 'ann', 10));
    child.kill('SIGCONT');
    expect(parseEntry(Buffer.from(entry)).index).toBe(1);
    expect(await answer).toEqual({ problem: 'mass-exceeded' });
    expect(await signedSizes()).toEqual([0, 1, 2]);
  });
});

/** Linux says it in the third field of /proc/<pid>/stat. */
function isStopped(pid: number): boolean {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
