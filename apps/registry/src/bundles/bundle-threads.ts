import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { valueOf, type Outcome } from '#lib/problem';
import {
  runBundleJob,
  type BundleJob,
  type BundleJobKind,
  type BundleJobs,
  type BundleResult,
  type BundleResults,
} from './bundle-job.js';

interface Task {
  job: BundleJob;
  resolve(outcome: Outcome<BundleResult>): void;
  reject(error: Error): void;
}

interface Thread {
  worker: Worker;
  task?: Task | undefined;
}

/** Each holds a bundle of up to 32 MB in memory several times over. */
const THREADS_MAX = 3;

const WORKER = new URL('./bundle-worker.js', import.meta.url);

/**
 * Reads and judges bundles off the event loop: one may hold thousands of statements, each of which is
 * parsed, hashed and decided again. Threads start when there is work; one that dies fails its own.
 */
@Injectable()
export class BundleThreads implements OnApplicationShutdown {
  // Run from TypeScript source, as tests are, there is no compiled worker: then it is done here.
  readonly #isCompiled = existsSync(fileURLToPath(WORKER));
  readonly #most = Math.min(THREADS_MAX, Math.max(1, availableParallelism() - 1));
  readonly #threads = new Set<Thread>();
  readonly #waiting: Task[] = [];

  /** Does one piece of work; throws what that kind throws. How much waits is the callers' to limit. */
  async run<K extends BundleJobKind>(kind: K, parts: BundleJobs[K]): Promise<BundleResults[K]> {
    const job = { kind, ...parts } as BundleJob;
    const outcome = this.#isCompiled
      ? await new Promise<Outcome<BundleResult>>((resolve, reject) => {
          this.#waiting.push({ job, resolve, reject });
          this.#dispatch();
        })
      : await runBundleJob(job);
    return valueOf(outcome) as BundleResults[K];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idleThread();
      if (!thread) return; // whichever is done first comes back here
      const task = this.#waiting.shift()!;
      thread.task = task;
      thread.worker.ref(); // a waiting answer keeps the process alive; an idle thread does not
      thread.worker.postMessage(task.job);
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (!thread.task) return thread;
    return this.#threads.size < this.#most ? this.#startThread() : undefined;
  }

  #startThread(): Thread {
    const thread: Thread = { worker: new Worker(WORKER) };
    this.#threads.add(thread);
    let failure: Error | undefined;
    thread.worker.on('message', (outcome: Outcome<BundleResult>) => {
      const { task } = thread;
      thread.task = undefined;
      thread.worker.unref();
      task!.resolve(outcome);
      this.#dispatch();
    });
    thread.worker.on('error', (error) => (failure = error as Error));
    thread.worker.on('exit', () => {
      this.#threads.delete(thread);
      thread.task?.reject(new Error('A thread that works on bundles died', { cause: failure }));
      this.#dispatch();
    });
    return thread;
  }
}
