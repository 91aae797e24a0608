// The entry point of a verification worker: a batch of jobs comes in, their outcomes go out.
import { parentPort } from 'node:worker_threads';
import { runJob, type VerificationJob } from './verification-job.js';

if (!parentPort) throw new Error('verification-worker runs only as a worker thread');
const port = parentPort;

port.on('message', async (jobs: VerificationJob[]) => {
  port.postMessage(await Promise.all(jobs.map(runJob)));
});
