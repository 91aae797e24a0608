import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { latencyOf, type Latency } from './figures.js';

/** What a run ran on. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  /** Runnable processes, averaged over the last minute, when the run began. */
  load: number;
  /** Milliseconds until 4 KiB, written, are on the disk under the database. */
  fdatasync: Latency;
}

/** Describes the machine, and measures its disk. */
export function describeMachine(): Machine {
  const processors = os.cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    load: os.loadavg()[0]!,
    fdatasync: measureDisk(),
  };
}

function measureDisk(): Latency {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-bench-disk-'));
  const file = fs.openSync(path.join(folder, 'block'), 'w');
  const block = Buffer.alloc(4096, 1);
  const durations: number[] = [];
  for (let i = 0; i < 200; i++) {
    const started = performance.now();
    fs.writeSync(file, block);
    fs.fdatasyncSync(file);
    durations.push(performance.now() - started);
  }
  fs.closeSync(file);
  fs.rmSync(folder, { recursive: true });
  return latencyOf(durations);
}
