/** How long single pieces of work took, in milliseconds. */
export interface Latency {
  p50: number;
  p99: number;
}

/** The latency of some durations in milliseconds; throws when nothing was measured. */
export function latencyOf(durations: readonly number[]): Latency {
  if (durations.length === 0) throw new Error('No duration was measured');
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99) };
}

/** The middle one of some figures, the lower of two; throws when there are none. */
export function median(figures: readonly number[]): number {
  return latencyOf(figures).p50;
}

/** How long a piece of work took, in milliseconds, and what came of it. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

/** So many pieces in so many milliseconds, per second. */
export function perSecond(pieces: number, ms: number): number {
  return (pieces * 1000) / ms;
}
