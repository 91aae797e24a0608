import { latencyOf, type Latency } from '../figures.js';

/**
 * How long pieces of work take, in turns, so that whatever else the machine does meets all of them
 * alike. A tenth of the rounds goes before, unmeasured.
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
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++)
    for (const name of names) {
      const started = performance.now();
      await works[name]();
      if (round >= 0) durations[name].push(performance.now() - started);
    }
  const latencies = names.map((name) => [name, latencyOf(durations[name])]);
  return Object.fromEntries(latencies) as Record<Name, Latency>;
}
