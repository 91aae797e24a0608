// The entry point of a sequencer's thread: verified statements come in, receipts go out.
import { parentPort, workerData } from 'node:worker_threads';
import { nodeCrypto } from '#lib/keys';
import { outcomeOf } from '#lib/problem';
import { createDataSource, LedgerReader, poolOf, Sequencer } from '#lib/store';
import { LEDGER_DECIDERS } from '../deciders.js';
import { FOLLOW_MS, KeyRing } from '../key-ring.js';
import { logOf } from '../own-log.js';
import { requireSignal } from '../witness/gate-signal.js';
import type { SequencerNews, SequencerStart, StatementsIn } from './sequencer-message.js';
import { appendTo } from './sequencing.js';

/** One for the batch, one for keys, one for receipts of what was recorded before. */
const POOL_SIZE = 3;

if (!parentPort) throw new Error('sequencer-worker runs only as a worker thread');
const port = parentPort;
const { configuration, databaseUrl, did, origin, predecessors, gate } =
  workerData as SequencerStart;

let news: SequencerNews | undefined;
const starting = start();
// Who waits for it is told; without anybody the next statement is.
starting.catch(() => undefined);

port.on('message', (statements: StatementsIn) => {
  if (!statements) return void end();
  for (const { id, statement } of statements) {
    const append = async () => appendTo((await starting).sequencer, statement);
    void outcomeOf(append).then((outcome) =>
      tell(({ outcomes }) => outcomes.push({ id, outcome })),
    );
  }
});

async function start() {
  const dataSource = createDataSource(databaseUrl, POOL_SIZE);
  await dataSource.initialize();
  const pool = poolOf(dataSource);
  const reader = new LedgerReader(pool, { origin, crypto: nodeCrypto }, onFault);
  const keys = await KeyRing.open(configuration, { did, origin }, (each) => reader.states(each));
  const following = setInterval(() => keys.refresh().catch(onFault), FOLLOW_MS);
  const sequencer = new Sequencer({
    pool,
    log: logOf(
      origin,
      keys,
      predecessors.map((past) => ({ origin: past })),
    ),
    deciders: LEDGER_DECIDERS,
    onFault,
    requireWritable: () => requireSignal(gate),
    onCommit: (tree) => tell((each) => (each.committed = tree)),
  });
  return { dataSource, following, sequencer };
}

async function end(): Promise<void> {
  try {
    const { dataSource, following, sequencer } = await starting;
    clearInterval(following);
    await sequencer.close();
    await dataSource.destroy();
  } finally {
    // What was told in this turn still goes out.
    setImmediate(() => port.close());
  }
}

function onFault(fault: unknown): void {
  tell(({ faults }) => faults.push((fault as Error).stack ?? String(fault)));
}

/** News of one turn of the event loop go out as one message: each costs as much as its content. */
function tell(add: (news: SequencerNews) => void): void {
  if (!news) {
    news = { outcomes: [], faults: [] };
    setImmediate(() => {
      port.postMessage(news);
      news = undefined;
    });
  }
  add(news);
}
