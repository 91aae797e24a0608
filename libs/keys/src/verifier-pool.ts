import type { DidDocument } from '#lib/credentials';
import type { Crypto, Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';
import { spareThreads, ThreadPool } from '#lib/threads';
import { nodeCrypto } from './node-crypto.js';
import { received, runJob } from './verification-job.js';
import type { PortableSubmission, SentSubmission, VerificationJob } from './verification-job.js';

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

/**
 * Verifies off the event loop, on threads that start when there is work for them; one that dies fails
 * what it had. Jobs may finish in another order than they came.
 */
export class VerifierPool implements Crypto {
  readonly sha256: Sha256 = nodeCrypto.sha256;
  readonly #pool: ThreadPool<VerificationJob, boolean | SentSubmission>;

  constructor(options: VerifierPoolOptions = {}) {
    this.#pool = new ThreadPool({
      workerUrl: options.workerUrl ?? new URL('./verification-worker.js', import.meta.url),
      here: runJob,
      threads: options.workers ?? spareThreads(),
      batchSize: options.batchSize ?? 32,
      queue: {
        limit: options.queueLimit ?? 10_000,
        refusal: (n) => refuse('overloaded', `${n} signatures wait to be verified.`),
      },
      transferred,
      died: 'A verification thread died; send the statement again',
    });
  }

  /** As `Crypto.verifyEd25519`; throws `overloaded` when too many jobs wait. */
  verifyEd25519(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> {
    const job: VerificationJob = { kind: 'signature', publicKey, message, signature };
    return this.#pool.run(job) as Promise<boolean>;
  }

  /**
   * Reads the body of `POST /statements` and verifies every proof: parsing, canonical form, digest
   * and signatures in one job. Keys come from did:key and the given DID documents. Throws what
   * `parseSubmission` and `verifyProof` throw, and `overloaded`.
   */
  async readSubmission(
    body: Uint8Array,
    documents: readonly DidDocument[] = [],
  ): Promise<PortableSubmission> {
    // A copy of its own: a thread would be given all of the memory that the body is a view of.
    const job: VerificationJob = { kind: 'submission', body: new Uint8Array(body), documents };
    return received((await this.#pool.run(job)) as SentSubmission);
  }

  /** Jobs taken and not yet answered. */
  get pending(): number {
    return this.#pool.pending;
  }

  /** Threads that are running. */
  get threads(): number {
    return this.#pool.threads;
  }

  /** Takes no further job, finishes those it has, and ends its threads. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** The memory that a job hands over instead of having it copied: of a submission, our own copy. */
function transferred(job: VerificationJob): ArrayBuffer[] {
  return job.kind === 'submission' ? [job.body.buffer as ArrayBuffer] : [];
}
