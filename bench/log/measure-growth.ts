import type pg from 'pg';
import { latencyOf, type Latency } from '../figures.js';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { eventItems } from '../workload/ledger-items.js';
import { makeEvents } from '../workload/make-events.js';
import type { World } from '../workload/works.js';
import { appendAll, foundedLedger, type LedgerUnderTest } from './ledger-under-test.js';
import { BATCH } from './measure-inserts.js';

/** Batches that each log is appended, and proofs that each is asked for. */
const BATCHES = 20;
const PROOFS = 1_000;
const CHUNK = 8_192;
/** Numbers of lots that no other measurement uses. */
const FIRST_LOT = 20_000_000;

type Items = ReturnType<typeof eventItems>;

/** A log that was filled to a size. */
interface Grown {
  size: number;
  ledger: LedgerUnderTest;
}

/**
 * (g) and (f): what appending and proving cost in logs of several sizes. All are filled first, and then
 * asked in turns: in the minutes that it takes to fill the largest a machine may become another one.
 */
export async function measureGrowth(report: Report, world: World, scale: Scale): Promise<void> {
  const logs: Grown[] = [];
  const events = eventSource(world);
  try {
    for (const size of scale.sizes) {
      const ledger = await foundedLedger(world);
      logs.push({ size, ledger });
      await fill(ledger, size, events);
      const at = size.toLocaleString('en');
      const bytes = await bytesPerEntry(ledger.pool, size);
      report.value(`bytes${size}`, `(g) on disk, indexes in, at ${at}`, bytes, 'bytes/entry');
      const memory = process.memoryUsage().rss / 2 ** 20;
      report.value(`memory${size}`, '    memory of the process, workload and all', memory, 'MiB');
    }
    const proofs = await inTurns(logs, PROOFS, ({ size, ledger }) =>
      ledger.reader.inclusionProof(Math.floor(Math.random() * size), size),
    );
    const batches = await events(BATCHES * logs.length * BATCH);
    const appends = await inTurns(logs, BATCHES, ({ ledger }) =>
      appendAll(ledger.sequencer, batches.splice(0, BATCH), BATCH),
    );
    reportLogs(report, scale.sizes, proofs, appends);
  } finally {
    for (const { ledger } of logs) await ledger.close();
  }
}

function reportLogs(
  report: Report,
  sizes: readonly number[],
  proofs: readonly Latency[],
  appends: readonly Latency[],
): void {
  const names = sizes.map((size) => size.toLocaleString('en'));
  for (const [i, size] of sizes.entries()) {
    report.time(`append${size}`, `(g) append of 256, from ${names[i]} entries on`, appends[i]!);
    report.time(`proof${size}`, `(f) inclusion proof, at ${names[i]} entries`, proofs[i]!);
  }
  report.ratio(
    'appendGrowth',
    `append p50 at ${names.at(-1)} ÷ at ${names.at(-2)}`,
    appends.at(-1)!.p50 / appends.at(-2)!.p50,
    'at most 1.25, at 10^6 ÷ 10^5',
  );
  report.ratio(
    'proofGrowth',
    `proof p50 at ${names.at(-1)} ÷ at ${names[0]}`,
    proofs.at(-1)!.p50 / proofs[0]!.p50,
    'at most 1.5, at 10^6 ÷ 10^4',
  );
}

/** New statements, as many as are asked for. */
function eventSource(world: World): (count: number) => Promise<Items> {
  let lots = FIRST_LOT;
  return async (count) => {
    const first = lots;
    lots += count;
    return eventItems(world, await makeEvents(world, count, first), first);
  };
}

async function fill(
  { reader, sequencer }: LedgerUnderTest,
  size: number,
  events: (count: number) => Promise<Items>,
): Promise<void> {
  for (let missing = size - (await reader.treeSize()); missing > 0; missing -= CHUNK)
    await appendAll(sequencer, await events(Math.min(missing, CHUNK)), BATCH);
}

async function inTurns(
  logs: readonly Grown[],
  rounds: number,
  work: (log: Grown) => Promise<unknown>,
): Promise<Latency[]> {
  const durations = logs.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, log] of logs.entries()) {
      const started = performance.now();
      await work(log);
      durations[i]!.push(performance.now() - started);
    }
  return durations.map((each) => latencyOf(each.slice(rounds / 10)));
}

async function bytesPerEntry(pool: pg.Pool, size: number): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  return Number(rows[0]!.bytes) / size;
}
