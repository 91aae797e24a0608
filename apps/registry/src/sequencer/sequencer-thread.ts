import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { refuse, valueOf } from '#lib/problem';
import type { FaultListener, SignedTree } from '#lib/store';
import type { WriteGate } from '../witness/write-gate.js';
import type { SequencerNews, SequencerStart, StatementsIn } from './sequencer-message.js';
import { type Admission, type Sequencing, type VerifiedStatement } from './sequencing.js';

/** What the thread is started from, and who is told of what. */
export interface SequencerThreadOptions {
  start: Omit<SequencerStart, 'gate'>;
  gate: WriteGate;
  onFault: FaultListener;
  /** Told after commits that recorded something. */
  onCommit(tree: SignedTree): void;
  /** Statements that may wait for their receipts at most; 4,096. */
  limit?: number;
  /** The compiled worker; default the one beside this file. */
  workerUrl?: URL;
}

interface Waiting {
  resolve(admission: Admission): void;
  reject(error: unknown): void;
}

const WORKER = new URL('./sequencer-worker.js', import.meta.url);

/**
 * The sequencer on a thread of its own: what it decides, chains and proves never holds up the
 * event loop that speaks HTTP. A thread that dies fails what it had; the next statement starts
 * another, which finds everything in the database, as another process would.
 */
export class SequencerThread implements Sequencing {
  readonly #options: SequencerThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #outgoing: { id: number; statement: VerifiedStatement }[] = [];
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #number = 0;
  #closed = false;

  constructor(options: SequencerThreadOptions) {
    this.#options = options;
    // Ready before the first statement comes.
    this.#worker = this.#startWorker();
  }

  /** Whether there is a compiled worker: run from TypeScript source, as tests are, there is none. */
  static isCompiled(): boolean {
    return existsSync(fileURLToPath(WORKER));
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  async append(statement: VerifiedStatement): Promise<Admission> {
    this.#options.gate.requireOpen();
    if (this.#closed) throw overloaded('The registry is shutting down.');
    if (this.#waiting.size >= (this.#options.limit ?? 4_096))
      throw overloaded(`${this.#waiting.size} statements are waiting to be recorded.`);
    const id = this.#number++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(id, statement);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    worker?.ref();
    // Behind what goes out at the end of this turn.
    setImmediate(() => worker?.postMessage(null satisfies StatementsIn));
    await this.#ended;
  }

  /** Once per turn of the event loop: what arrives in one turn crosses together. */
  #send(id: number, statement: VerifiedStatement): void {
    if (this.#outgoing.push({ id, statement }) > 1) return;
    setImmediate(() => {
      const worker = (this.#worker ??= this.#startWorker());
      worker.ref(); // a waiting answer keeps the process alive; an idle thread does not
      worker.postMessage(this.#outgoing);
      this.#outgoing = [];
    });
  }

  #startWorker(): Worker {
    const { start, gate, workerUrl = WORKER, onFault } = this.#options;
    const worker = new Worker(workerUrl, { workerData: { ...start, gate: gate.signal } });
    worker.unref();
    worker.on('message', (news: SequencerNews) => this.#hear(news));
    worker.on('error', (fault) => onFault(fault as Error));
    this.#ended = new Promise((resolve) =>
      worker.once('exit', () => {
        this.#forget();
        resolve();
      }),
    );
    return worker;
  }

  #hear({ outcomes, committed, faults }: SequencerNews): void {
    const { onCommit, onFault, gate } = this.#options;
    if (committed) onCommit(committed);
    for (const stack of faults) onFault(Object.assign(new Error('fault'), { stack }));
    for (const { id, outcome } of outcomes) {
      const { resolve, reject } = this.#waiting.get(id)!;
      this.#waiting.delete(id);
      try {
        if ('problem' in outcome && outcome.problem === 'log-read-only') gate.requireOpen();
        resolve(valueOf(outcome));
      } catch (error) {
        reject(error);
      }
    }
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  /** The thread has ended: whether what it had is recorded, it cannot tell any more. */
  #forget(): void {
    this.#worker = undefined;
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#outgoing = [];
    for (const { reject } of lost)
      reject(refuse('internal', 'The sequencer ended; send the same bytes again.'));
  }
}

const overloaded = (detail: string) =>
  refuse('overloaded', detail, undefined, { extensions: { retryAfterSeconds: 1 } });
