import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { latencyOf, perSecond } from '../figures.js';
import type { Report } from '../report.js';

/** hypercore, as far as it is used here; it ships no types. */
interface Hypercore {
  ready(): Promise<void>;
  append(blocks: readonly Buffer[]): Promise<unknown>;
  close(): Promise<void>;
}

const BATCHES = [1, 16, 256] as const;
const APPENDS = 200;

/**
 * (i) hypercore with the same bodies. By itself it leaves what it has written to the system; here the
 * write-ahead log of its RocksDB is synced after every append, as a commit is.
 */
export async function measureHypercore(
  report: Report,
  bodies: readonly Uint8Array[],
): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-bench-hypercore-'));
  const Hypercore = await load('hypercore');
  const core = new Hypercore(folder);
  await core.ready();
  try {
    for (const batch of BATCHES) {
      const durations: number[] = [];
      for (let i = 0; i < APPENDS / Math.sqrt(batch); i++) {
        const blocks = Array.from({ length: batch }, (_, n) =>
          Buffer.from(bodies[(i * batch + n) % bodies.length]!),
        );
        const started = performance.now();
        await core.append(blocks);
        syncLogs(folder);
        durations.push(performance.now() - started);
      }
      const ms = durations.reduce((sum, each) => sum + each, 0);
      const rate = perSecond(batch * durations.length, ms);
      const title = `(i) hypercore, synced, ${batch} an append`;
      report.rate(`hypercore${batch}`, title, rate, 'blocks/s', latencyOf(durations));
    }
  } finally {
    await core.close();
    fs.rmSync(folder, { recursive: true });
  }
}

/** By a name that the compiler does not follow, for it would look for types. */
async function load(name: string): Promise<new (folder: string) => Hypercore> {
  const { default: Hypercore } = (await import(name)) as {
    default: new (folder: string) => Hypercore;
  };
  return Hypercore;
}

function syncLogs(folder: string): void {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const logs = files.filter((file) => file.endsWith('.log'));
  if (logs.length === 0) throw new Error('The write-ahead log of hypercore is not where it was');
  for (const log of logs) {
    const file = fs.openSync(path.join(folder, log), 'r+');
    fs.fdatasyncSync(file);
    fs.closeSync(file);
  }
}
