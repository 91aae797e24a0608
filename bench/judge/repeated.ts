import { latencyOf, type Latency } from '../figures.js';

/**
 * How long pieces of work take, in turns, so that whatever else the machine does meets all of them
 * alike. Half as many rounds go before, unmeasured: until the compiler of Node has seen enough.
 */
export async function repeated<Name extends string>(
  rounds: number,
  works: Record<Name, () => unknown>,
): Promise<Record<Name, Latency>> {
  const names = Object.keys(works) as Name[];
  const durations = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let round = -Math.ceil(rounds / 2); round < rounds; round++)
    for (const name of names) {
      const started = performance.now();
      await works[name]();
      if (round >= 0) durations[name].push(performance.now() - started);
    }
  const latencies = names.map((name) => [name, latencyOf(durations[name])]);
  return Object.fromEntries(latencies) as Record<Name, Latency>;
}
