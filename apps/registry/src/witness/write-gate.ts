import type { Logger } from 'pino';
import { refuse } from '#lib/problem';
import { gateSignal, setSignal } from './gate-signal.js';

/** Why nothing may be recorded. */
export interface ClosedGate {
  reason: string;
  /** Whether the reason passes by itself, as when a witness answers at last. */
  passes: boolean;
  /** Whether the database is proved to be older than what this registry has signed. */
  isOldDatabase: boolean;
}

/**
 * Whether this process may record. Shut until the start-up checks have passed; shut for good, until
 * an operator starts the registry again, by proof that the database is not what was signed.
 */
export class WriteGate {
  #closed: ClosedGate | undefined = {
    reason: 'The registry is starting.',
    passes: true,
    isOldDatabase: false,
  };

  /** What the sequencer's thread sees of it. */
  readonly signal = gateSignal();

  constructor(private readonly log: Logger) {}

  /** Why it is shut; undefined when it is open. */
  get closed(): ClosedGate | undefined {
    return this.#closed;
  }

  /** Lets statements pass, unless it was shut for good. */
  open(): void {
    if (this.#closed && !this.#closed.passes) return;
    this.#closed = undefined;
    setSignal(this.signal, true);
  }

  /** Stays shut for now, for a reason that passes by itself. */
  wait(reason: string): void {
    if (!this.#closed?.passes || this.#closed.reason === reason) return;
    this.#closed = { reason, passes: true, isOldDatabase: false };
    setSignal(this.signal, false);
    this.log.warn(`read-only: ${reason}`);
  }

  /** Shuts for good; the first reason stays. */
  shut(reason: string, { isOldDatabase = false } = {}): void {
    if (this.#closed && !this.#closed.passes) return;
    this.#closed = { reason, passes: false, isOldDatabase };
    setSignal(this.signal, false);
    this.log.fatal(`read-only: ${reason}`);
  }

  /** Throws `log-read-only` while it is shut. */
  requireOpen(): void {
    if (!this.#closed) return;
    const { reason, passes } = this.#closed;
    const options = passes ? { extensions: { retryAfterSeconds: 2 } } : {};
    throw refuse('log-read-only', reason, undefined, options);
  }
}
