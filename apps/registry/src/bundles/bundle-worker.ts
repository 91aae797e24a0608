// The entry point of a thread that works on bundles: one job comes in at a time, its outcome goes out.
import { parentPort } from 'node:worker_threads';
import { runBundleJob, type BundleJob } from './bundle-job.js';

if (!parentPort) throw new Error('bundle-worker runs only as a worker thread');
const port = parentPort;

port.on('message', async (job: BundleJob) => port.postMessage(await runBundleJob(job)));
