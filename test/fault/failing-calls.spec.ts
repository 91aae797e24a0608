import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { failCall, whyUntraceable, type Injection } from './failing-calls.js';
import { openTrade, type Trade } from './load.js';
import { Rig } from './rig.js';
import { AT_LENGTH, pick, randomOf, reportSkipped, seedsOf } from './seeds.js';
import { underLoad } from './under-load.js';

jest.setTimeout(AT_LENGTH ? 7_200_000 : 90_000);

/** Whose calls fail. */
type Victim = 'backends' | 'checkpointer' | 'registry';

/** How long to wait for a call that may never be made. */
const PATIENCE_MS = 3_000;

const DISK = ['error=EIO', 'error=ENOSPC', 'signal=KILL'];
const LINE = ['error=EIO', 'error=ECONNRESET', 'error=EPIPE', 'signal=KILL'];
const CALLS: Record<Victim, Record<string, readonly string[]>> = {
  backends: {
    fdatasync: DISK,
    pwrite64: DISK,
    openat: ['error=EMFILE', 'error=EIO'],
    recvfrom: LINE,
    sendto: LINE,
    epoll_wait: ['signal=KILL'],
  },
  checkpointer: {
    fsync: DISK,
    fdatasync: DISK,
    pwrite64: DISK,
    openat: ['error=EMFILE', 'error=EIO'],
  },
  registry: {
    write: [...LINE, 'error=ENOSPC'],
    writev: LINE,
    read: ['error=EIO', 'error=ECONNRESET', 'signal=KILL'],
    accept4: ['error=EMFILE', 'error=ENFILE', 'error=ECONNABORTED', 'signal=KILL'],
    epoll_pwait: ['signal=KILL'],
    futex: ['signal=KILL'],
    mmap: ['error=ENOMEM'],
    madvise: ['error=EINVAL'],
  },
};

const untraceable = whyUntraceable();

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a system call that fails under load', () => {
  let rig: Rig;
  let trade: Trade;
  let struck = 0;

  beforeAll(async () => {
    if (untraceable) return reportSkipped('a system call that fails', untraceable);
    rig = await Rig.start({ processes: 1, ownDatabase: true });
    trade = await openTrade(rig.audience);
  });
  afterAll(() => rig?.close());

  async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
    const owner = new pg.Client({ connectionString: rig.adminUrl });
    owner.on('error', () => undefined);
    await owner.connect();
    try {
      return await work(owner);
    } finally {
      await owner.end().catch(() => undefined);
    }
  }

  const backendsWhere = (condition: string) =>
    asOwner(async (owner) => {
      const { rows } = await owner.query(`SELECT pid FROM pg_stat_activity WHERE ${condition}`);
      return rows.map(({ pid }) => pid as number);
    });

  const victims: Record<Victim, () => Promise<number[]> | number[]> = {
    backends: () => backendsWhere(`application_name = 'lodestone'`),
    checkpointer: () => backendsWhere(`backend_type = 'checkpointer'`),
    registry: () => [rig.processes[0]!.pid],
  };

  /**
   * Lets a call of the victim fail in the middle of the trade, in each traced process once, and mends
   * what fell over when all that is to happen has happened.
   */
  async function strike(
    victim: Victim,
    injection: Injection,
    { until = () => sleep(200) as Promise<unknown> } = {},
  ): Promise<boolean> {
    let hasStruck = false;
    await underLoad(rig, trade, async () => {
      await sleep(100);
      const tracing = await failCall(await victims[victim](), injection);
      const patience = sleep(PATIENCE_MS);
      if (victim === 'checkpointer')
        await asOwner((owner) => owner.query('CHECKPOINT')).catch(() => undefined);
      await Promise.race([tracing.struck, patience]);
      ({ hasStruck } = tracing);
      await until();
      await tracing.end();
      await mend();
    });
    return hasStruck;
  }

  /** Starts again what has ended: the registry, or a PostgreSQL that could not recover by itself. */
  async function mend(): Promise<void> {
    for (let attempt = 0; !(await answers()); attempt++) {
      // It may be replaying its log: only one that is gone altogether is started again.
      if (attempt > 1 && !isThere(rig.cluster!.pid)) await rig.restartDatabase();
      await sleep(500);
    }
    const [registry] = rig.processes;
    if (!registry!.isRunning) await registry!.start();
  }

  const answers = () => asOwner((owner) => owner.query('SELECT 1')).then(Boolean, () => false);
  const serverLog = () => fs.readFileSync(path.join(rig.clusterFolder, 'pg.log'), 'utf8');

  it('is fatal to PostgreSQL when it was to make a COMMIT durable, and nothing is lost', async () => {
    if (untraceable) return;
    const before = serverLog().length;
    expect(await strike('backends', { call: 'fdatasync', fault: 'error=EIO', when: 3 })).toBe(true);
    const said = serverLog().slice(before);
    expect(said).toMatch(/PANIC: .*could not fdatasync file/);
    expect(said).toMatch(/database system was not properly shut down; automatic recovery/);
    await rig.inspect();
  });

  it('is fatal to PostgreSQL when it was to make a table durable, and nothing is lost', async () => {
    if (untraceable) return;
    const before = serverLog().length;
    expect(await strike('checkpointer', { call: 'fsync', fault: 'error=EIO', when: 1 })).toBe(true);
    expect(serverLog().slice(before)).toMatch(/PANIC: .*could not fsync file/);
    await rig.inspect();
  });

  it('is taken when the recovery from it is cut off by another', async () => {
    if (untraceable) return;
    const before = serverLog().length;
    const until = async () => {
      const { pid } = rig.cluster!;
      while (!/terminating any other active/.test(serverLog().slice(before))) await sleep(5);
      process.kill(pid, 'SIGKILL');
      while (isThere(pid)) await sleep(5);
    };
    const injection = { call: 'fdatasync', fault: 'error=EIO', when: 1 };
    expect(await strike('backends', injection, { until })).toBe(true);
    expect(serverLog().slice(before)).toMatch(/automatic recovery in progress/);
    await rig.inspect();
  });

  it('cuts the registry off from one who is speaking to it, and nothing is lost', async () => {
    if (untraceable) return;
    for (const call of AT_LENGTH ? ['write', 'read', 'writev'] : ['write'])
      expect(await strike('registry', { call, fault: 'error=ECONNRESET', when: 20 })).toBe(true);
    await rig.inspect();
  });

  it.each(seedsOf(1))('loses nothing, whichever it is (seed %i)', async (seed) => {
    if (untraceable) return;
    const random = randomOf(seed);
    const victim = pick(random, Object.keys(CALLS) as Victim[]);
    const call = pick(random, Object.keys(CALLS[victim]));
    const fault = pick(random, CALLS[victim][call]!);
    const when = 1 + Math.floor(random() ** 2 * 60);
    process.stderr.write(`seed ${seed}: ${victim} ${call} ${fault} at the ${when}th\n`);
    if (await strike(victim, { call, fault, when })) struck++;
    if (seed % 20 === 0) await rig.inspect();
  });

  it('has lost nothing in the end', async () => {
    if (untraceable) return;
    if (AT_LENGTH)
      process.stderr.write(`failing calls: ${struck} of ${seedsOf(0).length} struck\n`);
    expect(await rig.inspect()).toBeGreaterThan(50);
  });
});
