import type pg from 'pg';
import { latencyOf, type Latency } from '../figures.js';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { eventItems } from '../workload/ledger-items.js';
import { makeEvents } from '../workload/make-events.js';
import type { World } from '../workload/works.js';
import { appendAll, type LedgerUnderTest } from './ledger-under-test.js';
import { BATCH } from './measure-inserts.js';

/** Batches, the last ones before each size, whose time is measured. */
const MEASURED = 40;
const PROOFS = 1_000;
const CHUNK = 8_192;
/** Numbers of lots that no other measurement uses. */
const FIRST_LOT = 20_000_000;

interface AtSize {
  append: Latency;
  proof: Latency;
}

/** (g) and (f): what appending and proving cost as the log grows. Returns the ledger's new size. */
export async function measureGrowth(
  report: Report,
  world: World,
  ledger: LedgerUnderTest,
  scale: Scale,
): Promise<void> {
  const found: AtSize[] = [];
  let lots = FIRST_LOT;
  for (const size of scale.sizes) {
    const durations: number[] = [];
    for (let missing = await missingTo(ledger, size); missing > 0;) {
      const count = Math.min(missing, CHUNK);
      const events = eventItems(world, await makeEvents(world, count, lots), lots);
      lots += count;
      missing -= count;
      for (let i = 0; i < events.length; i += BATCH)
        durations.push(await appendOne(ledger, events.slice(i, i + BATCH)));
    }
    const append = latencyOf(durations.slice(-MEASURED));
    const proof = await measureProofs(ledger, size);
    found.push({ append, proof });
    const at = size.toLocaleString('en');
    report.time(`append${size}`, `(g) append of 256, at ${at} entries`, append);
    report.time(`proof${size}`, `(f) inclusion proof, at ${at} entries`, proof);
    const bytes = await bytesPerEntry(ledger.pool, size);
    report.value(`bytes${size}`, `    on disk, indexes in, at ${at}`, bytes, 'bytes/entry');
    const memory = process.memoryUsage().rss / 2 ** 20;
    report.value(`memory${size}`, '    memory of the process, workload and all', memory, 'MiB');
  }
  reportRatios(report, scale.sizes, found);
}

function reportRatios(report: Report, sizes: readonly number[], found: readonly AtSize[]): void {
  const [first, last] = [found[0]!, found.at(-1)!];
  const before = found.at(-2)!;
  const [from, to] = [sizes.at(-2)!, sizes.at(-1)!].map((size) => size.toLocaleString('en'));
  report.ratio(
    'appendGrowth',
    `append p50 at ${to} ÷ at ${from}`,
    last.append.p50 / before.append.p50,
    'at most 1.25, at 10^6 ÷ 10^5',
  );
  report.ratio(
    'proofGrowth',
    `proof p50 at ${to} ÷ at ${sizes[0]!.toLocaleString('en')}`,
    last.proof.p50 / first.proof.p50,
    'at most 1.5, at 10^6 ÷ 10^4',
  );
}

async function missingTo(ledger: LedgerUnderTest, size: number): Promise<number> {
  return Math.max(0, size - (await ledger.reader.treeSize()));
}

async function appendOne(
  { sequencer }: LedgerUnderTest,
  batch: Parameters<typeof appendAll>[1],
): Promise<number> {
  const started = performance.now();
  await appendAll(sequencer, batch, batch.length);
  return performance.now() - started;
}

async function measureProofs({ reader }: LedgerUnderTest, size: number): Promise<Latency> {
  const durations: number[] = [];
  for (let i = 0; i < PROOFS; i++) {
    const index = Math.floor(Math.random() * size);
    const started = performance.now();
    await reader.inclusionProof(index, size);
    durations.push(performance.now() - started);
  }
  return latencyOf(durations.slice(PROOFS / 10));
}

async function bytesPerEntry(pool: pg.Pool, size: number): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  return Number(rows[0]!.bytes) / size;
}
