import { refuse } from '#lib/problem';
import type { LedgerItem, Receipt } from '../ledger.js';

/** An item that waits, and the promise that was given for it. */
export interface Submission {
  item: LedgerItem;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

/** Statements that wait for a batch: bounded, because what waits too long is sent again anyway. */
export class SubmissionQueue {
  #waiting: Submission[] = [];
  #closed = false;

  constructor(
    private readonly limit: number,
    private readonly batchSize: number,
  ) {}

  get length(): number {
    return this.#waiting.length;
  }

  /** Promises a receipt; refuses `overloaded` when full, and when the process is going down. */
  add(item: LedgerItem): Promise<Receipt> {
    if (this.#closed) throw overloaded('The registry is shutting down.');
    if (this.#waiting.length >= this.limit)
      throw overloaded(`${this.#waiting.length} statements are waiting to be recorded.`);
    return new Promise((resolve, reject) => this.#waiting.push({ item, resolve, reject }));
  }

  /** Takes what the next batch can hold, oldest first. */
  take(): Submission[] {
    return this.#waiting.splice(0, this.batchSize);
  }

  /** Takes nothing more in; what waits is still served. */
  close(): void {
    this.#closed = true;
  }
}

const overloaded = (detail: string) =>
  refuse('overloaded', detail, undefined, { extensions: { retryAfterSeconds: 1 } });
