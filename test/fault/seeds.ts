/** Numbers in [0, 1) that look random and come again with the seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether this is the run at length: `npm run test:fault`, which sets FAULT_SEEDS. */
export const AT_LENGTH = Boolean(process.env['FAULT_SEEDS']);

/**
 * The seeds of one story: so few in an ordinary run, FAULT_SEEDS of them at length. FAULT_SEED is
 * the first one, so that a failure can be had again.
 */
export function seedsOf(bounded: number): number[] {
  const first = Number(process.env['FAULT_SEED'] ?? 1);
  const count = AT_LENGTH ? Number(process.env['FAULT_SEEDS']) : bounded;
  return Array.from({ length: count }, (_, i) => first + i);
}

/** How long a fault lasts, in seconds: so long in an ordinary run, FAULT_SECONDS at length. */
export function secondsOf(bounded: number): number {
  return AT_LENGTH ? Number(process.env['FAULT_SECONDS'] ?? 60) : bounded;
}

/** One of the values. */
export function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

/** Says in the run's output what was not tried here, and why. A skipped fault is not a passed one. */
export function reportSkipped(story: string, why: string): void {
  process.stderr.write(`SKIPPED  ${story}: ${why}\n`);
}
