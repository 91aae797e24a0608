import { refuse } from '#lib/problem';

const OPEN = 1;

/** Whether the gate is open, in memory that threads share: what is shut counts there at once. */
export function gateSignal(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Tells every thread. */
export function setSignal(signal: Int32Array, isOpen: boolean): void {
  Atomics.store(signal, 0, isOpen ? OPEN : 0);
}

/** Throws `log-read-only` while the gate is shut. */
export function requireSignal(signal: Int32Array): void {
  if (Atomics.load(signal, 0) === OPEN) return;
  throw refuse('log-read-only', 'The registry stopped recording meanwhile.', undefined, {
    extensions: { retryAfterSeconds: 2 },
  });
}
