import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Latency } from '../figures.js';

/** What the load process is to do: send each body once, to `POST /statements`. */
export interface LoadJob {
  port: number;
  file: string;
  /** Which bodies of the file: from `first` up to `end`, which is out. */
  first: number;
  end: number;
  connections: number;
  /** Requests per second, whatever the answers; as fast as they are answered when left out. */
  rate?: number;
}

/** What the load process saw. */
export interface LoadResult {
  sent: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  perSecond: number;
  /** From the moment a request was due to the last byte of its answer. */
  latency: Latency;
}

/** Sends load from a process of its own; throws when anything but 201 was answered. */
export async function sendLoad(job: LoadJob): Promise<LoadResult> {
  const program = fileURLToPath(new URL('./load-process.js', import.meta.url));
  const child = fork(program, [JSON.stringify(job)], { stdio: 'inherit' });
  const result = await new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadResult));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The load process ended with ${code}`)));
  });
  const other = Object.keys(result.statuses).filter((status) => status !== '201');
  if (other.length > 0) throw new Error(`Answers were ${JSON.stringify(result.statuses)}`);
  return result;
}
