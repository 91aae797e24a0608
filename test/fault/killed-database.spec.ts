import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openTrade, registration, type Trade } from './load.js';
import { Rig } from './rig.js';
import { AT_LENGTH, pick, randomOf, reportSkipped, secondsOf, seedsOf } from './seeds.js';
import { MOMENTS, STEPS, type Step } from './database-tap.js';
import { underLoad } from './under-load.js';

jest.setTimeout(AT_LENGTH ? 3_600_000 : 90_000);

describe('a database that is killed with -9', () => {
  let rig: Rig;
  let trade: Trade;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1, ownDatabase: true });
    trade = await openTrade(rig.audience);
  });
  afterAll(() => rig?.close());

  const killPostmaster = () => process.kill(rig.cluster!.pid, 'SIGKILL');

  /** The backend that has written last: the sequencer's, in the middle of a batch or just after. */
  async function killBackend(): Promise<void> {
    const owner = new pg.Client({ connectionString: rig.adminUrl });
    owner.on('error', () => undefined);
    await owner.connect();
    let pid: number | undefined;
    // Between two batches the pool may show nothing but readers: look until it writes again.
    for (; pid === undefined; await sleep(20)) {
      const { rows } = await owner.query(
        `SELECT pid FROM pg_stat_activity
         WHERE application_name = 'lodestone' AND query NOT LIKE 'SELECT%'
         ORDER BY state_change DESC LIMIT 1`,
      );
      pid = rows[0]?.pid;
    }
    process.kill(pid, 'SIGKILL');
    await owner.end().catch(() => undefined);
  }

  it.each(seedsOf(2))(
    'loses nothing that was acknowledged, whatever step it died in (seed %i)',
    async (seed) => {
      const random = randomOf(seed);
      const step = seed % 3 === 1 ? 'commit' : pick(random, Object.keys(STEPS) as Step[]);
      const moment = pick(random, MOMENTS);
      await underLoad(rig, trade, async () => {
        await new Promise<void>((resolve) => {
          const strike = () => resolve(void killPostmaster());
          rig.tap.ambush = { step, moment, cuts: false, strike };
        });
        await rig.restartDatabase();
      });
      // At length the log grows long: every tenth time, and in the end, all of it.
      if (!AT_LENGTH || seed % 10 === 0) expect(await rig.inspect()).toBeGreaterThan(10);
    },
  );

  it.each(seedsOf(1))('takes the loss of a single backend as well (seed %i)', async (seed) => {
    const random = randomOf(seed);
    await underLoad(rig, trade, async () => {
      await sleep(100 + random() * 300);
      // PostgreSQL throws all backends out and replays its log; the postmaster stays.
      await killBackend();
    });
    if (!AT_LENGTH || seed % 10 === 0) await rig.inspect();
  });

  it('is away for a while: clients are told to wait, and nothing is lost when it is back', async () => {
    const turnedAway = rig.testimony.turnedAway;
    await underLoad(rig, trade, async () => {
      rig.tap.away = true;
      await sleep(secondsOf(3) * 1_000);
      const health = await fetch(`${rig.urls[0]}/health/ready`);
      expect([health.status, health.headers.get('retry-after')]).toEqual([503, '2']);
      expect((await fetch(`${rig.urls[0]}/health/live`)).status).toBe(200);
      rig.tap.away = false;
    });
    expect(rig.testimony.turnedAway).toBeGreaterThan(turnedAway);
    await rig.inspect();
  });
});

describe('a disk that is full', () => {
  const MEGABYTES = 160;
  let folder: string;
  let rig: Rig | undefined;
  let isMounted = false;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'none', folder], {
        stdio: 'ignore',
      });
      isMounted = true;
    } catch {
      reportSkipped('a disk that is full', 'no small tmpfs can be mounted here (needs root)');
    }
  });
  afterAll(async () => {
    await rig?.close();
    if (isMounted) execFileSync('umount', [folder]);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Writes until nothing more goes in. */
  function fillDisk(): void {
    const file = fs.openSync(path.join(folder, 'ballast'), 'a');
    try {
      for (const size of [2 ** 20, 2 ** 12]) fillWith(file, Buffer.alloc(size));
    } finally {
      fs.closeSync(file);
    }
  }

  function fillWith(file: number, piece: Uint8Array): void {
    try {
      for (;;) fs.writeSync(file, piece);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }

  it('refuses while it is, says so, and records again when there is room', async () => {
    if (!isMounted) return;
    rig = await Rig.start({ processes: 1, ownDatabase: path.join(folder, 'database') });
    const trade = await openTrade(rig.audience);
    const { testimony } = rig;
    await underLoad(rig, trade, async () => {
      await sleep(300);
      fillDisk();
      await refused(rig!);
      const acknowledged = testimony.acknowledged.length;
      await sleep(1_000);
      expect(testimony.acknowledged.length).toBe(acknowledged);
      fs.rmSync(path.join(folder, 'ballast'));
      await mended(rig!);
    });
    expect(testimony.turnedAway).toBeGreaterThan(0);
    expect(await rig.inspect()).toBeGreaterThan(20);
  });

  /** Submits until one statement is turned away: what is written already still has its room. */
  async function refused({ testimony, urls, authority }: Rig): Promise<void> {
    for (const before = testimony.turnedAway; testimony.turnedAway === before;) {
      const body = await registration({ authority });
      await testimony.say(() => urls, body, { untilMs: 1_500 }).catch(() => undefined);
    }
  }

  /** PostgreSQL stops itself when it cannot write its log; an operator starts it again. */
  async function mended(rig: Rig): Promise<void> {
    await sleep(500);
    const owner = new pg.Client({ connectionString: rig.adminUrl });
    owner.on('error', () => undefined);
    try {
      await owner.connect();
      await owner.end();
    } catch {
      await rig.restartDatabase();
    }
  }
});
