import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker, type Transferable } from 'node:worker_threads';
import { valueOf, type Outcome } from '#lib/problem';

/** What a pool runs, and how it is sized. Jobs and values are plain data, which crosses threads. */
export interface ThreadPoolOptions<Job, Value> {
  /** The compiled worker, a file that calls `answerJobs`. */
  workerUrl: URL;
  /** The same work on this thread, for when there is no compiled worker. Never throws. */
  here(job: Job): Promise<Outcome<Value>>;
  /** At most so many threads, at least 1. */
  threads: number;
  /** Jobs per message at most. */
  batchSize: number;
  /** How many jobs may wait, and what a further one is then refused with; by default any number may. */
  queue?: { limit: number; refusal(waiting: number): Error };
  /** The memory that a job hands over instead of having it copied; by default none. */
  transferred?(job: Job): Transferable[];
  /** What is said of the work of a thread that died; why it died is in the cause. */
  died: string;
}

/**
 * Jobs per message at least, if so many wait: to hand one over costs a third of verifying a
 * signature, the least that threads are given to do.
 */
const SHARE_MIN = 4;

interface Task<Job, Value> {
  job: Job;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

interface Thread<Job, Value> {
  worker: Worker;
  /** The batch it works on; empty when it is idle. */
  batch: Task<Job, Value>[];
  failure?: Error;
}

/** How many threads may work beside this one: one fewer than the processor runs in parallel, at least 1. */
export function spareThreads(): number {
  return Math.max(1, availableParallelism() - 1);
}

/**
 * Does jobs off the event loop. Threads start when there is work for them, batches form by themselves
 * while all are busy, and a thread that dies fails its own batch only. Jobs may finish in another
 * order than they came.
 */
export class ThreadPool<Job, Value> {
  readonly #options: ThreadPoolOptions<Job, Value>;
  readonly #isCompiled: boolean;
  readonly #threads = new Set<Thread<Job, Value>>();
  readonly #queue: Task<Job, Value>[] = [];
  #dispatching = false;
  #pending = 0;
  #closed = false;
  readonly #drained: (() => void)[] = [];

  constructor(options: ThreadPoolOptions<Job, Value>) {
    this.#options = options;
    // Run from TypeScript source, as tests are, there is no compiled worker, and a thread could not
    // load the source: then the jobs are done here, with the same outcomes.
    this.#isCompiled = existsSync(fileURLToPath(options.workerUrl));
  }

  /** Does one job; throws what it throws, the queue's refusal, and an Error when its thread dies. */
  run(job: Job): Promise<Value> {
    return new Promise((resolve, reject) => {
      const { queue, here } = this.#options;
      if (this.#closed) throw new Error('The pool of threads is closed');
      if (queue && this.#queue.length >= queue.limit) throw queue.refusal(this.#queue.length);
      const task = { job, resolve, reject };
      this.#pending++;
      if (!this.#isCompiled) return void here(job).then((outcome) => this.#settle(task, outcome));
      this.#queue.push(task);
      this.#scheduleDispatch();
    });
  }

  /** Jobs taken and not yet answered. */
  get pending(): number {
    return this.#pending;
  }

  /** Threads that are running. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Takes no further job, finishes those it has, and ends its threads. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
    await this.stop();
  }

  /** Takes no further job and ends its threads at once: what waits or is under way fails. */
  async stop(): Promise<void> {
    this.#closed = true;
    this.#fail(this.#queue.splice(0), new Error('The pool of threads was closed'));
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  /** Once per turn of the event loop, so that what arrives in one turn goes out in one batch. */
  #scheduleDispatch(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    setImmediate(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const share = this.#share();
      const thread = this.#idleThread();
      if (!thread) return; // whichever finishes first comes back here
      thread.batch = this.#queue.splice(0, share);
      thread.worker.ref(); // a waiting answer keeps the process alive; an idle thread does not
      this.#send(thread);
    }
  }

  #send(thread: Thread<Job, Value>): void {
    const { transferred } = this.#options;
    const jobs = thread.batch.map(({ job }) => job);
    try {
      thread.worker.postMessage(jobs, transferred ? jobs.flatMap(transferred) : []);
    } catch (error) {
      this.#fail(release(thread), error); // one of them does not cross threads
    }
  }

  /** What waits is shared out among all that are idle, so that none sits by while another has it all. */
  #share(): number {
    const { threads, batchSize } = this.#options;
    let idle = threads;
    for (const { batch } of this.#threads) if (batch.length > 0) idle--;
    const share = Math.ceil(this.#queue.length / Math.max(1, idle));
    return Math.min(batchSize, Math.max(SHARE_MIN, share));
  }

  #idleThread(): Thread<Job, Value> | undefined {
    for (const thread of this.#threads) if (thread.batch.length === 0) return thread;
    return this.#threads.size < this.#options.threads ? this.#startThread() : undefined;
  }

  #startThread(): Thread<Job, Value> {
    const worker = new Worker(this.#options.workerUrl);
    const thread: Thread<Job, Value> = { worker, batch: [] };
    this.#threads.add(thread);
    worker.on('message', (outcomes: Outcome<Value>[]) => {
      release(thread).forEach((task, i) => this.#settle(task, outcomes[i]!));
      this.#dispatch();
    });
    worker.on('error', (error) => (thread.failure = error as Error));
    worker.on('exit', () => this.#forget(thread));
    return thread;
  }

  /** A thread has ended: its batch fails, and the next batch starts another thread. */
  #forget(thread: Thread<Job, Value>): void {
    this.#threads.delete(thread);
    this.#fail(thread.batch, new Error(this.#options.died, { cause: thread.failure }));
    this.#dispatch();
  }

  #settle({ resolve, reject }: Task<Job, Value>, outcome: Outcome<Value>): void {
    try {
      resolve(valueOf(outcome));
    } catch (error) {
      reject(error);
    }
    this.#answered(1);
  }

  #fail(tasks: Task<Job, Value>[], error: unknown): void {
    for (const { reject } of tasks) reject(error);
    this.#answered(tasks.length);
  }

  #answered(jobs: number): void {
    this.#pending -= jobs;
    if (this.#pending === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** Makes a thread idle; what it worked on. */
function release<Job, Value>(thread: Thread<Job, Value>): Task<Job, Value>[] {
  const { batch } = thread;
  thread.batch = [];
  thread.worker.unref();
  return batch;
}
