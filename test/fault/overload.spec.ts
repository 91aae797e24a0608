import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { registration } from './load.js';
import type { Measure } from './registry-process.js';
import { Rig } from './rig.js';
import { AT_LENGTH, secondsOf } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 900_000 : 180_000);

/** Each batch of 256 statements takes three seconds more than it would: so many a second at most. */
const COMMIT_SECONDS = 3;
const CAPACITY = 256 / COMMIT_SECONDS;
/** How many times what it records it is offered. */
const TIMES = 10;
/** On a machine that is busy with other things a storm takes its time to build up. */
const BUILD_UP_SECONDS = 45;
/** What the registry says may wait; and what may be on its way in or out beside it. */
const QUEUE = 4_096;
const TICK_MS = 20;
/** How long an answer may take: statements wait for the batches before theirs, which are slow. */
const PATIENCE_MS = 120_000;
/** How long the storm blows when the queue is full. */
const SECONDS = secondsOf(3);
/** What its rate is measured by: one statement, and two full batches behind it. */
const MEASURED = 513;
/** Distinct statements, enough for new ones in every batch; those turned away are sent again. */
const STATEMENTS = MEASURED + (AT_LENGTH ? QUEUE + CAPACITY * (SECONDS + BUILD_UP_SECONDS) : 1_280);
/** All the heap that a registry gets: what piles up does not fit, and garbage is not left lying about. */
const HEAP_MB = 192;
/** By how much memory may be more when it has blown for a while than when the queue was just full. */
const GROWTH_MAX = 1.25;

async function asOwner<T>(adminUrl: string, sql: string): Promise<T[]> {
  const owner = new pg.Client({ connectionString: adminUrl });
  await owner.connect();
  try {
    return (await owner.query(sql)).rows as T[];
  } finally {
    await owner.end();
  }
}

/** Makes every commit slow, as a disk at its limit does. */
async function slowDown(adminUrl: string, seconds: number): Promise<void> {
  await asOwner(
    adminUrl,
    `CREATE OR REPLACE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END';
     CREATE OR REPLACE TRIGGER slow BEFORE INSERT ON checkpoint
       FOR EACH ROW EXECUTE FUNCTION be_slow()`,
  );
}

interface Sample extends Measure {
  at: number;
}

interface Health {
  waiting: number;
}

describe('ten times the load that can be recorded', () => {
  let rig: Rig;
  /** Those that are not recorded yet, as far as their senders know. */
  let unrecorded: Uint8Array[];
  let bodies: Uint8Array[];
  let rate = 0;
  let longestQueue = 0;
  const samples: Sample[] = [];
  const storm = { beganAt: 0, fullAt: 0, endedAt: 0, offered: 0, accepted: 0, worst: Infinity };

  beforeAll(async () => {
    const settings = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
    rig = await Rig.start({ processes: 1, settings });
    bodies = [];
    for (let i = 0; i < STATEMENTS; i++) bodies.push(await registration(rig.audience));
    unrecorded = bodies.slice(MEASURED);
    await slowDown(rig.adminUrl, COMMIT_SECONDS);
  });
  afterAll(() => rig?.close());

  /** What it records in a second when there is always enough to record. */
  async function measureRate(): Promise<number> {
    const insistence = { patienceMs: PATIENCE_MS, untilMs: PATIENCE_MS };
    const send = (body: Uint8Array) => rig.testimony.say(() => rig.urls, body, insistence);
    const first = send(bodies[0]!).then(() => performance.now());
    await sleep(200);
    // While that one commits, all of these arrive.
    const others = bodies.slice(1, MEASURED);
    const last = Promise.all(others.map(send)).then(() => performance.now());
    return (others.length * 1_000) / ((await last) - (await first));
  }

  /** Sends one to whom it may concern, whatever became of those before it. */
  async function offer(index: number): Promise<void> {
    const body = unrecorded[index % unrecorded.length]!;
    if (typeof (await rig.testimony.offer(rig.urls[0]!, body, PATIENCE_MS)) !== 'object') return;
    storm.accepted++;
    const at = unrecorded.indexOf(body);
    if (at >= 0) unrecorded.splice(at, 1);
  }

  /**
   * Arrivals at a fixed rate whatever the answers, until somebody was turned away and for so many
   * seconds more; gives the answers, all of which come in the end.
   */
  async function blow(): Promise<Promise<void>[]> {
    const answers: Promise<void>[] = [];
    const perMs = (rate * TIMES * 1.01) / 1_000;
    storm.beganAt = Date.now();
    let end = storm.beganAt + BUILD_UP_SECONDS * 1_000;
    let second = { at: storm.beganAt, offered: 0 };
    const sendDue = (now: number) => {
      const due = Math.ceil((now - storm.beganAt) * perMs);
      while (answers.length < due) answers.push(offer(answers.length));
    };
    while (Date.now() < end) {
      sendDue(Date.now());
      await sleep(TICK_MS);
      if (Date.now() - second.at >= 1_000) {
        const offered = ((answers.length - second.offered) * 1_000) / (Date.now() - second.at);
        storm.worst = Math.min(storm.worst, offered);
        second = { at: Date.now(), offered: answers.length };
      }
      if (storm.fullAt > 0 || rig.testimony.turnedAway === 0) continue;
      storm.fullAt = Date.now();
      end = storm.fullAt + SECONDS * 1_000;
    }
    storm.endedAt = Date.now();
    sendDue(storm.endedAt);
    storm.offered = answers.length;
    return answers;
  }

  async function watch(isOver: () => boolean): Promise<void> {
    const measure = async () => {
      for (; !isOver(); await sleep(100))
        samples.push({ ...(await rig.processes[0]!.measure()), at: Date.now() });
    };
    const ask = async () => {
      for (; !isOver(); await sleep(250)) {
        const answer = await fetch(`${rig.urls[0]}/health/ready`);
        // It may say that the database keeps it waiting.
        const { waiting = 0 } = (await answer.json()) as Partial<Health>;
        longestQueue = Math.max(longestQueue, waiting);
      }
    };
    await Promise.all([measure(), ask()]);
  }

  it('is measured first: so much can be recorded', async () => {
    rate = await measureRate();
    expect(rate).toBeLessThanOrEqual(CAPACITY * 1.05);
    expect(rate).toBeGreaterThan(CAPACITY / 4);
  });

  it('is offered all the time, turned away where it is too much, and answered where it is taken', async () => {
    let isOver = false;
    const watching = watch(() => isOver);
    const answers = await blow();
    await slowDown(rig.adminUrl, 0);
    await Promise.all(answers);
    isOver = true;
    await watching;
    const seconds = (storm.endedAt - storm.beganAt) / 1_000;
    process.stderr.write(
      `overload: records ${rate.toFixed()}/s, was offered ${(storm.offered / seconds).toFixed()}/s for ${seconds.toFixed(1)} s ` +
        `(${storm.worst.toFixed()}/s in the worst second): ${storm.offered} offered, ${storm.accepted} accepted, ${rig.testimony.turnedAway} turned away\n`,
    );
    expect(storm.offered / seconds).toBeGreaterThanOrEqual(rate * TIMES);
    // A sender that gasps for a moment makes up for it; at length it has the machine to itself.
    if (AT_LENGTH) expect(storm.worst).toBeGreaterThan(rate * TIMES * 0.9);
    expect(storm.fullAt).toBeGreaterThan(0);
    expect(rig.testimony.excuse).toContain('overloaded');
    expect(JSON.parse(rig.testimony.excuse)).toMatchObject({ retryAfterSeconds: 1 });
    expect(rig.testimony.unanswered).toBe(0);
    expect(storm.accepted).toBeGreaterThan(QUEUE / 2);
    expect(storm.accepted + rig.testimony.turnedAway).toBe(storm.offered);
  });

  it('waits in a queue that is bounded, and in memory that stops growing', () => {
    expect(longestQueue).toBeGreaterThan(QUEUE / 2);
    expect(longestQueue).toBeLessThanOrEqual(QUEUE);
    // Warm when the queue has been full for a quarter of the time.
    const warmAt = storm.fullAt + (SECONDS * 1_000) / 4;
    const [early, late] = [true, false].map((isEarly) =>
      samples.filter(({ at }) => at <= storm.endedAt && at < warmAt === isEarly),
    );
    const most = (some: readonly Sample[], size: (sample: Sample) => number) =>
      Math.max(...some.map(size));
    for (const size of [({ rss }: Sample) => rss, (it: Sample) => it.heapUsed + it.external]) {
      const [before, after] = [most(early!, size), most(late!, size)];
      process.stderr.write(
        `overload: ${longestQueue} waiting at most; MB ${(before / 2 ** 20).toFixed()} when warm, ${(after / 2 ** 20).toFixed()} after\n`,
      );
      expect(after).toBeLessThan(before * GROWTH_MAX);
    }
    expect(most(samples, ({ rss }) => rss)).toBeLessThan(2 ** 30);
  });

  it('leaves no trace of what was turned away and not sent again', async () => {
    const [{ recorded }] = (await asOwner(
      rig.adminUrl,
      'SELECT count(*)::int AS recorded FROM entry',
    )) as [{ recorded: number }];
    // Beside them the genesis.
    expect(recorded).toBe(1 + STATEMENTS - unrecorded.length);
  });

  it('is over when it is over: the next statement is recorded at the first attempt', async () => {
    const body = await registration(rig.audience);
    expect(await rig.testimony.offer(rig.urls[0]!, body)).toHaveProperty('proof');
  });

  it('has lost nothing that it accepted, and recorded each statement once', async () => {
    // Those that were turned away last are accepted now; some of the others give their receipt again.
    const again = [...unrecorded, ...bodies.filter((_, i) => i % 8 === 0)];
    for (let i = 0; i < again.length; i += 64) {
      const some = again.slice(i, i + 64);
      await Promise.all(some.map((body) => rig.testimony.say(() => rig.urls, body)));
    }
    // Beside them the genesis, and the statement after the storm.
    expect(await rig.inspect()).toBe(STATEMENTS + 2);
  });
});
