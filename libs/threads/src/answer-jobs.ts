import { parentPort } from 'node:worker_threads';
import type { Outcome } from '#lib/problem';

/**
 * Makes a file the entry point of a `ThreadPool`'s threads: arrays of jobs come in, and of each array
 * the outcomes go out in the same order. `work` never throws; if it does all the same, the thread dies.
 */
export function answerJobs<Job, Value>(work: (job: Job) => Promise<Outcome<Value>>): void {
  if (!parentPort) throw new Error('The entry point of a worker thread runs only as one');
  const port = parentPort;
  port.on('message', async (jobs: Job[]) => {
    port.postMessage(await Promise.all(jobs.map((job) => work(job))));
  });
}
