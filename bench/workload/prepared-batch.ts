import type { LedgerItem } from '#lib/store';
import { EMPTY_FRONTIER, emptyRootHash, formatFrontier } from '#lib/tlog';
import { LEDGER_DECIDERS } from '../../apps/registry/src/deciders.js';
import { type BatchVerdict, judgeBatch } from '../../libs/store/src/sequencer/batch-verdict.js';
import { type LogGrowth, growLog } from '../../libs/store/src/sequencer/log-growth.js';
import type { TrustedHead } from '../../libs/store/src/sequencer/log-head.js';
import type { StoredValue } from '../../libs/store/src/sequencer/stored-value.js';
import { benchLog } from './bench-log.js';

/** The rows that a batch comes to: the sequencer's own, made without a database. */
export interface PreparedBatch {
  origin: string;
  verdict: BatchVerdict;
  growth: LogGrowth;
}

/** A ledger in memory that decides, chains and hashes as the sequencer does, and writes nothing. */
export class RowMaker {
  readonly log = benchLog('rows.registry.example/log');
  readonly #state = new Map<string, StoredValue>();
  #head: TrustedHead = {
    epoch: 0,
    size: 0,
    root: emptyRootHash(this.log.crypto.sha256),
    edge: formatFrontier(EMPTY_FRONTIER),
    lastLeafHash: new Uint8Array(32),
    checkpoint: '',
    recordedAt: new Date().toISOString(),
    successor: null,
    version: '',
    frontier: EMPTY_FRONTIER,
  };

  /** The rows of the items in batches of that size; throws when one of them is refused. */
  async prepare(items: readonly LedgerItem[], batchSize: number): Promise<PreparedBatch[]> {
    const batches: PreparedBatch[] = [];
    for (let i = 0; i < items.length; i += batchSize)
      batches.push(await this.#batchOf(items.slice(i, i + batchSize)));
    return batches;
  }

  async #batchOf(items: readonly LedgerItem[]): Promise<PreparedBatch> {
    const { origin } = this.log;
    const recordedAt = new Date().toISOString();
    const slices = judgeBatch(LEDGER_DECIDERS, items, {
      origin,
      firstIndex: this.#head.size,
      recordedAt,
      successor: null,
      predecessors: [],
      touches: new Map(),
      state: this.#state,
      recorded: new Map(),
    });
    const [verdict] = [...slices] as [BatchVerdict];
    for (const outcome of verdict.verdicts) if ('error' in outcome) throw outcome.error;
    for (const [key, value] of verdict.writes)
      if (value === null) this.#state.delete(key);
      else this.#state.set(key, value);
    const growth = await growLog(this.log, this.#head, verdict.accepted, recordedAt);
    this.#head = growth.after;
    return { origin, verdict, growth };
  }
}
