import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { DidDocument } from '#lib/credentials';
import type { Crypto, Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';
import { nodeCrypto } from './node-crypto.js';
import { resultOf, runJob } from './verification-job.js';
import type {
  VerificationJob,
  VerificationOutcome,
  PortableSubmission,
} from './verification-job.js';

/** How a pool is sized; every member has a default. */
export interface VerifierPoolOptions {
  /** At most so many threads; default one fewer than the processor runs in parallel, at least 1. */
  workers?: number;
  /** Jobs per message at most. Default 32. */
  batchSize?: number;
  /** Jobs that may wait before further ones are refused as `overloaded`. Default 10,000. */
  queueLimit?: number;
  /** The compiled worker; default the one beside this file. */
  workerUrl?: URL;
}

/** Jobs per message at least, if so many wait: to hand one over costs a third of doing it. */
const SHARE_MIN = 4;

interface Task {
  job: VerificationJob;
  resolve(value: boolean | PortableSubmission): void;
  reject(error: unknown): void;
}

interface Thread {
  worker: Worker;
  /** The batch it works on; empty when it is idle. */
  batch: Task[];
  failure?: Error;
}

/**
 * Verifies off the event loop. Threads start when there is work for them, batches form by themselves
 * while all are busy, and a thread that dies fails its own batch only. Jobs may finish in another
 * order than they came.
 */
export class VerifierPool implements Crypto {
  readonly sha256: Sha256 = nodeCrypto.sha256;
  readonly #workers: number;
  readonly #batchSize: number;
  readonly #queueLimit: number;
  readonly #workerUrl: URL | undefined;
  readonly #threads = new Set<Thread>();
  #queue: Task[] = [];
  #dispatching = false;
  #pending = 0;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(options: VerifierPoolOptions = {}) {
    this.#workers = options.workers ?? Math.max(1, availableParallelism() - 1);
    this.#batchSize = options.batchSize ?? 32;
    this.#queueLimit = options.queueLimit ?? 10_000;
    const url = options.workerUrl ?? new URL('./verification-worker.js', import.meta.url);
    // Run from TypeScript source, as tests are, there is no compiled worker beside this file, and a
    // thread could not load the source: then the jobs run here, with the same verdicts.
    this.#workerUrl = existsSync(fileURLToPath(url)) ? url : undefined;
  }

  /** As `Crypto.verifyEd25519`; throws `overloaded` when too many jobs wait. */
  verifyEd25519(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> {
    return this.#run({ kind: 'signature', publicKey, message, signature }) as Promise<boolean>;
  }

  /**
   * Reads the body of `POST /statements` and verifies every proof: parsing, canonical form, digest
   * and signatures in one job. Keys come from did:key and the given DID documents. Throws what
   * `parseSubmission` and `verifyProof` throw, and `overloaded`.
   */
  readSubmission(
    body: Uint8Array,
    documents: readonly DidDocument[] = [],
  ): Promise<PortableSubmission> {
    // A copy of its own: a thread would be given all of the memory that the body is a view of.
    const job: VerificationJob = { kind: 'submission', body: new Uint8Array(body), documents };
    return this.#run(job) as Promise<PortableSubmission>;
  }

  /** Jobs taken and not yet answered. */
  get pending(): number {
    return this.#pending;
  }

  /** Threads that are running. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Takes no further job, finishes those it has, and ends its threads. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  async #run(job: VerificationJob): Promise<boolean | PortableSubmission> {
    if (this.#closed) throw new Error('The verifier pool is closed');
    if (this.#queue.length >= this.#queueLimit)
      throw refuse('overloaded', `${this.#queue.length} signatures wait to be verified.`);
    this.#pending++;
    try {
      if (!this.#workerUrl) return resultOf(await runJob(job));
      return await new Promise((resolve, reject) => {
        this.#queue.push({ job, resolve, reject });
        this.#scheduleDispatch();
      });
    } finally {
      this.#pending--;
      if (this.#pending === 0) this.#drained?.();
    }
  }

  /** Once per turn of the event loop, so that what arrives in one turn goes out in one batch. */
  #scheduleDispatch(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    setImmediate(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const share = this.#share();
      const thread = this.#idleThread();
      if (!thread) return; // whichever finishes first comes back here
      thread.batch = this.#queue.splice(0, share);
      thread.worker.ref(); // a waiting answer keeps the process alive; an idle thread does not
      const jobs = thread.batch.map(({ job }) => job);
      thread.worker.postMessage(jobs, jobs.flatMap(transferred));
    }
  }

  /** What waits is shared out among all that are idle, so that none sits by while another has it all. */
  #share(): number {
    let idle = this.#workers;
    for (const { batch } of this.#threads) if (batch.length > 0) idle--;
    const share = Math.ceil(this.#queue.length / Math.max(1, idle));
    return Math.min(this.#batchSize, Math.max(SHARE_MIN, share));
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.batch.length === 0) return thread;
    return this.#threads.size < this.#workers ? this.#startThread(this.#workerUrl!) : undefined;
  }

  #startThread(url: URL): Thread {
    const thread: Thread = { worker: new Worker(url), batch: [] };
    this.#threads.add(thread);
    thread.worker.unref();
    thread.worker.on('message', (outcomes: VerificationOutcome[]) => {
      const batch = thread.batch;
      thread.batch = [];
      thread.worker.unref();
      batch.forEach((task, i) => settle(task, outcomes[i]!));
      this.#dispatch();
    });
    thread.worker.on('error', (error) => (thread.failure = error as Error));
    thread.worker.on('exit', () => this.#forget(thread));
    return thread;
  }

  /** A thread has ended: its batch fails, and the next batch starts another thread. */
  #forget(thread: Thread): void {
    this.#threads.delete(thread);
    const error = new Error('A verification thread died; send the statement again', {
      cause: thread.failure,
    });
    for (const { reject } of thread.batch) reject(error);
    this.#dispatch();
  }
}

/** The memory that a job hands over instead of having it copied: of a submission, our own copy. */
function transferred(job: VerificationJob): ArrayBuffer[] {
  return job.kind === 'submission' ? [job.body.buffer as ArrayBuffer] : [];
}

function settle(task: Task, outcome: VerificationOutcome): void {
  try {
    task.resolve(resultOf(outcome));
  } catch (error) {
    task.reject(error);
  }
}
