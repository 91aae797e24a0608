// Stands in for a verification worker that fails: it dies on the message "die", answers true to
// "yes" and false to everything else, and takes its time so that batches form.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';

const words = (job) => new TextDecoder().decode(job.message);

parentPort.on('message', async (jobs) => {
  await sleep(5);
  if (jobs.some((job) => words(job) === 'die')) throw new Error('out of memory');
  parentPort.postMessage(jobs.map((job) => ({ value: words(job) === 'yes' })));
});
