// The load: HTTP/1.1 over bare sockets, one request at a time on each connection, in a process of
// its own so that the server's figures are the server's.
import { setTimeout as sleep } from 'node:timers/promises';
import { latencyOf, perSecond } from '../figures.js';
import { readBodies } from './body-file.js';
import type { LoadJob, LoadResult } from './load-job.js';
import { RequestSocket } from './request-socket.js';

const job = JSON.parse(process.argv[2]!) as LoadJob;
const requests = readBodies(job.file, job.first, job.end).map(requestOf);
const statuses: Record<string, number> = {};
const durations: number[] = [];
let next = 0;

const sockets = await Promise.all(
  Array.from({ length: job.connections }, () => RequestSocket.open(job.port)),
);
const started = performance.now();
await Promise.all(sockets.map(work));
const ms = performance.now() - started;
for (const socket of sockets) socket.close();
const result: LoadResult = {
  sent: durations.length,
  statuses,
  perSecond: perSecond(durations.length, ms),
  latency: latencyOf(durations),
};
process.send!(result);
process.disconnect();

async function work(socket: RequestSocket): Promise<void> {
  while (next < requests.length) {
    const number = next++;
    const due = await dueTime(number);
    const status = await socket.send(requests[number]!);
    durations.push(performance.now() - due);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
}

/** With a rate, latency counts from when the request was due, however late a connection was free. */
async function dueTime(number: number): Promise<number> {
  if (job.rate === undefined) return performance.now();
  const due = started + (number * 1000) / job.rate;
  const early = due - performance.now();
  if (early > 1) await sleep(early);
  return due;
}

function requestOf(body: Buffer): Buffer {
  const head = [
    'POST /statements HTTP/1.1',
    'host: bench',
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}
