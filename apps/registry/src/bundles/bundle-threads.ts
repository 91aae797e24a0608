import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { spareThreads, ThreadPool } from '#lib/threads';
import {
  runBundleJob,
  type BundleJob,
  type BundleJobKind,
  type BundleJobs,
  type BundleResult,
  type BundleResults,
} from './bundle-job.js';

/** Each holds a bundle of up to 32 MB in memory several times over. */
const THREADS_MAX = 3;

/**
 * Reads and judges bundles off the event loop: one may hold thousands of statements, each of which is
 * parsed, hashed and decided again. A thread has one at a time, so one that dies fails its own.
 */
@Injectable()
export class BundleThreads implements OnApplicationShutdown {
  readonly #pool = new ThreadPool<BundleJob, BundleResult>({
    workerUrl: new URL('./bundle-worker.js', import.meta.url),
    here: runBundleJob,
    threads: Math.min(THREADS_MAX, spareThreads()),
    batchSize: 1,
    died: 'A thread that works on bundles died',
  });

  /** Does one piece of work; throws what that kind throws. How much waits is the callers' to limit. */
  run<K extends BundleJobKind>(kind: K, parts: BundleJobs[K]): Promise<BundleResults[K]> {
    const job = { kind, ...parts } as BundleJob;
    return this.#pool.run(job) as Promise<BundleResults[K]>;
  }

  /** Nobody is left whom an answer would reach: what is under way is given up. */
  onApplicationShutdown(): Promise<void> {
    return this.#pool.stop();
  }
}
