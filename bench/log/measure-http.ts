import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrateDatabase } from '#lib/store';
import { freshDatabase } from '../../test/support/database.js';
import { startBareProcess } from '../load/bare-process.js';
import { writeBodies } from '../load/body-file.js';
import { type LoadJob, sendLoad } from '../load/load-job.js';
import { type RegistryProcess, startRegistryProcess } from '../load/registry-process.js';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { makeEvents } from '../workload/make-events.js';
import type { World } from '../workload/works.js';

const CONNECTIONS = [1, 16, 64, 256] as const;
const ALONE = 300;
/** Until the compiler of Node is done with either server: it takes the registry some 12,000 requests. */
const WARM_UP = 16_000;
/** Seconds of steady load, at a quarter of the ceiling. */
const STEADY_SECONDS = 5;

/** A server under load, and where in the file of bodies it has come to. */
interface Course {
  server: RegistryProcess;
  file: string;
  next: number;
}

/** (d) and (e): from a request to its durable receipt, beside a bare server with the same bytes. */
export async function measureHttp(report: Report, world: World, scale: Scale): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-bench-bodies-'));
  const file = path.join(folder, 'bodies');
  const count = WARM_UP + ALONE + (CONNECTIONS.length - 1 + STEADY_SECONDS) * scale.requests;
  writeBodies(file, [...world.founding, ...(await makeEvents(world, count, 10_000_000))]);
  report.note('Load: a Node process of its own, HTTP/1.1 over bare sockets.');
  try {
    const bare = await measureBare(report, world, file, scale);
    const quarter = Math.floor(Math.max(...Object.values(bare)) / 4);
    const registry = await measureRegistry(report, world, file, scale, quarter);
    const ratios = [64, 256].map((connections) => registry[connections]! / bare[connections]!);
    report.ratio(
      'httpToCeiling',
      'HTTP to receipt ÷ bare server, worse of 64 and 256',
      Math.min(...ratios),
      '0.6',
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Requests per second, by the number of connections. */
type Rates = Record<number, number>;

async function measureBare(
  report: Report,
  world: World,
  file: string,
  scale: Scale,
): Promise<Rates> {
  const database = await freshDatabase();
  const server = await startBareProcess(database);
  try {
    const course = { server, file, next: world.founding.length };
    return await measureRates(report, '(e) bare server', 'bare', course, scale);
  } finally {
    await server.stop();
    await database.drop();
  }
}

async function measureRegistry(
  report: Report,
  world: World,
  file: string,
  scale: Scale,
  steadyRate: number,
): Promise<Rates> {
  const database = await freshDatabase();
  await migrateDatabase(database.adminUrl);
  const server = await startRegistryProcess(database, world.authority.did);
  try {
    const course = { server, file, next: 0 };
    await run(course, world.founding.length, { connections: 1 });
    const rates = await measureRates(report, '(d) HTTP to receipt', 'http', course, scale);
    const rate = Math.min(steadyRate, scale.requests);
    const { latency } = await run(course, rate * STEADY_SECONDS, { connections: 64, rate });
    report.time('steady', `    steady load, ${rate} requests/s, a quarter of (e)`, latency);
    report.ratio('steadyP99ToLimit', 'its p99 ÷ 300 ms', latency.p99 / 300, 'at most 1');
    return rates;
  } finally {
    await server.stop();
    await database.drop();
  }
}

async function measureRates(
  report: Report,
  title: string,
  name: string,
  course: Course,
  scale: Scale,
): Promise<Rates> {
  const rates: Rates = {};
  await run(course, WARM_UP, { connections: 64 });
  for (const connections of CONNECTIONS) {
    const count = connections === 1 ? ALONE : scale.requests;
    const { perSecond, latency } = await run(course, count, { connections });
    const label = `${title}, ${connections} connections`;
    report.rate(`${name}${connections}`, label, perSecond, 'requests/s', latency);
    rates[connections] = perSecond;
  }
  return rates;
}

async function run(course: Course, count: number, how: Pick<LoadJob, 'connections' | 'rate'>) {
  const { file, server, next: first } = course;
  course.next += count;
  return sendLoad({ port: server.port, file, first, end: course.next, ...how });
}
