import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { toHex } from '#lib/documents';
import { Problem, refuse } from '#lib/problem';
import {
  logsOf,
  type FaultListener,
  type LedgerDeciders,
  type LedgerItem,
  type Log,
  type Receipt,
} from '../ledger.js';
import { LogReader, type SignedTree } from '../reader/log-reader.js';
import { type CommittedBatch, commitBatch } from './batch-transaction.js';
import { databaseUnavailable, failureKind } from '../database-failure.js';
import type { TrustedHead } from './log-head.js';
import { StateMemory } from './state-memory.js';
import { type Submission, SubmissionQueue } from './submission-queue.js';

/** What a sequencer needs, and its limits. */
export interface SequencerOptions {
  pool: pg.Pool;
  log: Log;
  deciders: LedgerDeciders;
  onFault: FaultListener;
  /** Statements in one transaction at most; 256. */
  batchSize?: number;
  /** Statements that may wait at most; 4,096. */
  queueLimit?: number;
  /** How far the last entry's time may lie ahead of the database's clock; 5 s. */
  clockSkewMs?: number;
  /**
   * Throws `log-read-only` while nothing may be recorded. Asked for each statement, and once more
   * before its batch is signed.
   */
  requireWritable?: () => void;
  /** Told after every commit that recorded something, so that witnesses are asked, of the tree signed. */
  onCommit?: (tree: SignedTree) => void;
}

/** How long to wait before each further attempt; with none left the database counts as away. */
const RETRY_DELAYS_MS = [0, 200, 1_000];

/**
 * The one road into the ledger. Statements that arrive while a batch commits form the next one; no
 * timer is waited for. Any number of sequencers may share a database: the head's row is the lock.
 */
export class Sequencer {
  readonly #options: SequencerOptions & { clockSkewMs: number };
  readonly #queue: SubmissionQueue;
  /** By origin: a statement may be recorded in a log before this one. */
  readonly #readers: ReadonlyMap<string, LogReader>;
  #running: Promise<void> | undefined;
  #answering: Promise<unknown> = Promise.resolve();
  #head: TrustedHead | undefined;
  readonly #memory = new StateMemory();

  constructor(options: SequencerOptions) {
    this.#options = { clockSkewMs: 5_000, ...options };
    this.#queue = new SubmissionQueue(options.queueLimit ?? 4_096, options.batchSize ?? 256);
    const { pool, log, onFault } = options;
    const readers = logsOf(log).map(
      (each) => [each.origin, new LogReader(pool, each, onFault)] as const,
    );
    this.#readers = new Map(readers);
  }

  /** How many statements wait for a batch. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Records a statement once, and gives the receipt; the same bytes give the same receipt again.
   * Throws the decider's own Problem, or `identity-conflict`, `overloaded`, `clock-behind`,
   * `log-read-only`, `database-unavailable` (the outcome may be unknown: send the same bytes again)
   * or `internal`.
   */
  async append(item: LedgerItem): Promise<Receipt> {
    this.#options.requireWritable?.();
    this.#requireDigests(item);
    const receipt = this.#queue.add(item);
    this.#running ??= this.#run();
    return receipt;
  }

  /** Takes nothing more in, and resolves when everything that waits is answered. */
  async close(): Promise<void> {
    this.#queue.close();
    await this.#running;
    await this.#answering;
  }

  /** A digest that is not of its bytes would stand in the log for ever: a fault of the caller. */
  #requireDigests({ digest, bytes, evidence = [] }: LedgerItem): void {
    const { sha256 } = this.#options.log.crypto;
    for (const document of [{ digest, bytes }, ...evidence])
      if (toHex(sha256(document.bytes)) !== document.digest)
        throw new Error(`${document.digest} is not the digest of the bytes that came with it`);
  }

  async #run(): Promise<void> {
    // What arrives in this turn of the event loop still joins the first batch.
    await Promise.resolve();
    for (let batch = this.#queue.take(); batch.length > 0; batch = this.#queue.take())
      await this.#commit(batch);
    this.#running = undefined;
  }

  async #commit(batch: Submission[]): Promise<void> {
    try {
      const committed = await this.#attempt(batch);
      this.#head = committed.head;
      this.#memory.keep(committed.read, committed.writes);
      const { size: treeSize, root: rootHash } = committed.head;
      if (committed.growth) this.#options.onCommit?.({ treeSize, rootHash });
      // Not awaited: the next batch goes out first.
      this.#answering = Promise.all([this.#answering, this.#answer(batch, committed)]);
    } catch (error) {
      if (failureKind(error) === 'offending' && batch.length > 1) {
        for (const submission of batch) await this.#commit([submission]);
        return;
      }
      const problem = this.#problemOf(error);
      for (const { reject } of batch) reject(problem);
    }
  }

  /**
   * Tries again after passing trouble. If the outcome of a COMMIT is not known, the next attempt
   * finds out: it locks the head first, on another connection, and so waits for a backend that still
   * lives; what had committed it then finds by identity, and answers.
   */
  async #attempt(batch: Submission[]): Promise<CommittedBatch> {
    for (const delay of RETRY_DELAYS_MS) {
      try {
        return await this.#commitOnce(batch);
      } catch (error) {
        if (failureKind(error) !== 'passing') throw error;
        await sleep(delay);
      }
    }
    return this.#commitOnce(batch);
  }

  #commitOnce(batch: readonly Submission[]): Promise<CommittedBatch> {
    const items = batch.map(({ item }) => item);
    return commitBatch(this.#options, items, { head: this.#head, memory: this.#memory });
  }

  async #answer(
    batch: Submission[],
    { verdicts, growth, receipts }: CommittedBatch,
  ): Promise<void> {
    await nextTurn();
    const { log } = this.#options;
    const newReceipt = (origin: string, index: number) =>
      growth && origin === log.origin ? receipts[index - growth.before.size] : undefined;
    for (const [i, { resolve, reject }] of batch.entries()) {
      const verdict = verdicts[i]!;
      try {
        if ('error' in verdict) throw verdict.error;
        const { origin, index } = verdict;
        resolve(newReceipt(origin, index) ?? (await this.#readers.get(origin)!.receipt(index)));
      } catch (error) {
        reject(this.#problemOf(error));
      }
    }
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (failureKind(error) === 'passing') return databaseUnavailable();
    this.#options.onFault(error instanceof Error ? error : new Error(String(error)));
    return refuse('internal', 'The statement could not be recorded.');
  }
}
