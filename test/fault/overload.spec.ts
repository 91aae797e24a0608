import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { registration } from './load.js';
import type { Measure } from './registry-process.js';
import { Rig } from './rig.js';
import { AT_LENGTH, secondsOf } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 600_000 : 180_000);

/** Each batch of 256 statements takes two seconds more than it would: so many a second at most. */
const COMMIT_SECONDS = 2;
const CAPACITY = 256 / COMMIT_SECONDS;
const TIMES = 10;
/** On a machine that is busy with other things a storm takes its time to build up. */
const BUILD_UP_SECONDS = 45;
/** What the registry says may wait; and what may be on its way in or out beside it. */
const QUEUE = 4_096;
const TICK_MS = 20;
/** Distinct statements; each is sent again and again, as clients that were turned away do. */
const STATEMENTS = 1_024;

/** Makes every commit slow, as a disk at its limit does. */
async function slowDown(adminUrl: string, seconds: number): Promise<void> {
  const owner = new pg.Client({ connectionString: adminUrl });
  await owner.connect();
  await owner.query(
    `CREATE OR REPLACE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END';
     DO $$ BEGIN
       CREATE TRIGGER slow BEFORE INSERT ON checkpoint FOR EACH ROW EXECUTE FUNCTION be_slow();
     EXCEPTION WHEN duplicate_object THEN NULL;
     END $$`,
  );
  await owner.end();
}

describe('ten times the load that can be recorded', () => {
  let rig: Rig;
  let bodies: Uint8Array[];
  const samples: Measure[] = [];
  let longestQueue = 0;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1 });
    bodies = [];
    for (let i = 0; i < STATEMENTS; i++) bodies.push(await registration(rig.audience));
    await slowDown(rig.adminUrl, COMMIT_SECONDS);
  });
  afterAll(() => rig?.close());

  /**
   * Sends at that rate whatever the answers, until somebody was turned away and for so many seconds
   * more; gives the answers, all of which come in the end.
   */
  async function storm(seconds: number): Promise<Promise<unknown>[]> {
    const answers: Promise<unknown>[] = [];
    const each = Math.ceil((CAPACITY * TIMES * TICK_MS) / 1_000);
    let end = Date.now() + BUILD_UP_SECONDS * 1_000;
    let isFull = false;
    while (Date.now() < end) {
      for (let i = 0; i < each; i++) {
        const body = bodies[answers.length % STATEMENTS]!;
        answers.push(rig.testimony.offer(rig.urls[0]!, body, 120_000));
      }
      await sleep(TICK_MS);
      if (isFull || rig.testimony.turnedAway === 0) continue;
      isFull = true;
      end = Date.now() + seconds * 1_000;
    }
    return answers;
  }

  async function watch(isOver: () => boolean): Promise<void> {
    for (; !isOver(); await sleep(250)) {
      samples.push(await rig.processes[0]!.measure());
      const answer = await fetch(`${rig.urls[0]}/health/ready`);
      const { waiting } = (await answer.json()) as { waiting: number };
      longestQueue = Math.max(longestQueue, waiting);
    }
  }

  it('is turned away where it is too much, and answered where it is taken', async () => {
    let isOver = false;
    const watching = watch(() => isOver);
    const answers = await storm(secondsOf(2));
    await slowDown(rig.adminUrl, 0);
    await Promise.all(answers);
    isOver = true;
    await watching;
    expect(rig.testimony.turnedAway).toBeGreaterThan(0);
    expect(rig.testimony.excuse).toContain('overloaded');
    expect(JSON.parse(rig.testimony.excuse)).toMatchObject({ retryAfterSeconds: 1 });
    expect(rig.testimony.unanswered).toBe(0);
    expect(rig.testimony.acknowledged.length).toBeGreaterThan(QUEUE / 2);
  });

  it('waits in a queue that is bounded, and in memory that stops growing', () => {
    expect(longestQueue).toBeGreaterThan(QUEUE / 2);
    expect(longestQueue).toBeLessThanOrEqual(QUEUE);
    const half = Math.floor(samples.length / 2);
    const most = (some: readonly Measure[]) => Math.max(...some.map(({ rss }) => rss));
    expect(most(samples.slice(half))).toBeLessThan(most(samples.slice(0, half)) * 1.25);
    expect(most(samples)).toBeLessThan(2 ** 30);
  });

  it('is over when it is over: the next statement is recorded at the first attempt', async () => {
    const body = await registration(rig.audience);
    expect(await rig.testimony.offer(rig.urls[0]!, body)).toHaveProperty('proof');
  });

  it('has lost nothing that it accepted, and recorded each statement once', async () => {
    for (let i = 0; i < bodies.length; i += 64) {
      const some = bodies.slice(i, i + 64);
      await Promise.all(some.map((body) => rig.testimony.say(() => rig.urls, body)));
    }
    // Beside them the genesis, and the statement after the storm.
    expect(await rig.inspect()).toBe(STATEMENTS + 2);
  });
});
