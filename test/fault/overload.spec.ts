import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { registration } from './load.js';
import type { Measure } from './registry-process.js';
import { Rig } from './rig.js';
import { AT_LENGTH, secondsOf } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 600_000 : 180_000);

/** A batch of 256 statements takes a second more than it would: so many may come in at most. */
const CAPACITY = 256;
const TIMES = 10;
/** What the registry says may wait; and what may be on its way in or out beside it. */
const QUEUE = 4_096;
const TICK_MS = 20;
/** How much longer it may take on a busy machine until the queue is full. */
const PATIENT_SECONDS = 20;
/** Distinct statements; each is sent again and again, as clients that were turned away do. */
const STATEMENTS = 1_024;

/** Makes every commit slow, as a disk at its limit does. */
async function slowDown(adminUrl: string, seconds: number): Promise<void> {
  const owner = new pg.Client({ connectionString: adminUrl });
  await owner.connect();
  await owner.query(
    `CREATE OR REPLACE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END';
     CREATE OR REPLACE TRIGGER slow BEFORE INSERT ON checkpoint
       FOR EACH ROW EXECUTE FUNCTION be_slow()`,
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
    await slowDown(rig.adminUrl, 1);
  });
  afterAll(() => rig?.close());

  /**
   * Sends at that rate whatever the answers, and on a busy machine, which sends more slowly, until
   * somebody is turned away; gives the answers, all of which come in the end.
   */
  async function storm(seconds: number): Promise<Promise<unknown>[]> {
    const answers: Promise<unknown>[] = [];
    const each = (CAPACITY * TIMES * TICK_MS) / 1_000;
    const isEnough = (tick: number) =>
      rig.testimony.turnedAway > 0 || tick >= ((seconds + PATIENT_SECONDS) * 1_000) / TICK_MS;
    for (let tick = 0; tick < (seconds * 1_000) / TICK_MS || !isEnough(tick); tick++) {
      for (let i = 0; i < each; i++)
        answers.push(
          rig.testimony.offer(rig.urls[0]!, bodies[answers.length % STATEMENTS]!, 60_000),
        );
      await sleep(TICK_MS);
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
    const answers = await storm(secondsOf(3));
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
    await slowDown(rig.adminUrl, 0);
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
