import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { answerJobs, ThreadPool, type ThreadPoolOptions } from '#lib/threads';
import { compileLibs } from '../support/compiled-libs.js';

interface Job {
  takesMs?: number;
  say?: unknown;
  bytes?: Uint8Array;
}
type Said = { say?: unknown; thread: number };

const folder = path.resolve(`.data/thread-pool-${process.pid}`);
const worker = path.join(folder, 'worker.js');
/** Says what it is told to, after the time that it is told to take, and which thread it is. */
const WORKER = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { threadId } from 'node:worker_threads';
  import { answerJobs } from '#lib/threads';
  answerJobs(async ({ takesMs, say }) => {
    if (takesMs) await sleep(takesMs);
    return { value: { say, thread: threadId } };
  });
`;
const pools: ThreadPool<Job, Said>[] = [];

beforeAll(async () => {
  await compileLibs(folder);
  fs.writeFileSync(worker, WORKER);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.stop())));

function aPool(options: Partial<ThreadPoolOptions<Job, Said>> = {}): ThreadPool<Job, Said> {
  const pool = new ThreadPool<Job, Said>({
    workerUrl: pathToFileURL(worker),
    here: ({ say }) => Promise.resolve({ value: { say, thread: 0 } }),
    threads: 1,
    batchSize: 32,
    died: 'it died',
    ...options,
  });
  pools.push(pool);
  return pool;
}

const runAll = (pool: ThreadPool<Job, Said>, jobs: Job[]) =>
  Promise.all(jobs.map((job) => pool.run(job)));
/** How many jobs each thread did, in the order in which the threads took them. */
const shares = (said: Said[]) => {
  const threads = said.map(({ thread }) => thread);
  return [...new Set(threads)].map((id) => threads.filter((each) => each === id).length);
};

describe('a pool of threads', () => {
  it('gives each job its own answer, whichever of a batch is done first', async () => {
    const said = await runAll(aPool(), [
      { say: 'slow', takesMs: 40 },
      { say: 'quick' },
      { say: 'late', takesMs: 10 },
    ]);
    expect(said.map(({ say }) => say)).toEqual(['slow', 'quick', 'late']);
    expect(shares(said)).toEqual([3]);
  });

  it('shares out what came at once among the threads it may have, but not in crumbs', async () => {
    const pool = aPool({ threads: 2 });
    expect(shares(await runAll(pool, Array(4).fill({})))).toEqual([4]);
    expect(pool.threads).toBe(1);
    expect(shares(await runAll(pool, Array(10).fill({})))).toEqual([5, 5]);
  });

  it('counts only the idle among whom to share', async () => {
    const pool = aPool({ threads: 2 });
    const long = pool.run({ takesMs: 300 });
    await nextTurn();
    expect(shares(await runAll(pool, Array(10).fill({})))).toEqual([10]);
    await long;
  });

  it('fails a job that cannot cross to a thread, and goes on with that thread', async () => {
    const pool = aPool();
    const uncrossable = pool.run({ say: () => 'a function' });
    await expect(uncrossable).rejects.toMatchObject({ name: 'DataCloneError' });
    expect(pool.pending).toBe(0);
    expect(await pool.run({ say: 'after' })).toMatchObject({ say: 'after' });
    expect(pool.threads).toBe(1);
  });

  it('leaves the memory of a job where it is, unless it is told to hand it over', async () => {
    const [kept, given] = [new Uint8Array(8), new Uint8Array(8)];
    await aPool().run({ bytes: kept });
    const transferred = ({ bytes }: Job) => (bytes ? [bytes.buffer as ArrayBuffer] : []);
    await aPool({ transferred }).run({ bytes: given });
    expect([kept.length, given.length]).toEqual([8, 0]);
  });
});

describe('a pool of threads that ends', () => {
  it('answers all that it took before anyone who closes it is told', async () => {
    const pool = aPool({ batchSize: 1 });
    const taken = runAll(pool, [{ takesMs: 20 }, {}, {}]);
    await Promise.all([pool.close(), pool.close()]);
    expect([pool.pending, pool.threads]).toEqual([0, 0]);
    expect(await taken).toHaveLength(3);
  });

  it('gives up what is under way and what waits when it is stopped, and starts nothing more', async () => {
    const pool = aPool({ batchSize: 1 });
    const taken = Promise.allSettled([1, 2, 3].map(() => pool.run({ takesMs: 60_000 })));
    await nextTurn();
    expect(pool.threads).toBe(1);
    await pool.stop();
    const reasons = (await taken).map((each) => 'reason' in each && String(each.reason));
    const closed = 'Error: The pool of threads was closed';
    expect(reasons).toEqual(['Error: it died', closed, closed]);
    expect([pool.pending, pool.threads]).toEqual([0, 0]);
    await expect(pool.run({})).rejects.toThrow('closed');
  });
});

describe('the entry point of a thread', () => {
  it('is told when it is loaded as something else', () => {
    expect(() => answerJobs(() => Promise.resolve({ value: 1 }))).toThrow('runs only as one');
  });
});
