/** How many objects and arrays may stand inside one another; deeper documents are refused. */
export const MAX_DEPTH = 32;

/**
 * Whether every I-JSON reader agrees on the number (RFC 7493 §2.2): finite, and if whole, within
 * ±(2^53 − 1).
 */
export function isSafeNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
