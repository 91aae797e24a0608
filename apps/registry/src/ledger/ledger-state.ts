import type { Registry } from '../registry.js';

/** The value of a state key as its decider wrote it; undefined when there is none. */
export async function ledgerState<T>({ ledger }: Registry, key: string): Promise<T | undefined> {
  return (await ledger.state(key)) as T | undefined;
}

/** One kind of state by its key's first word: `certificate`, `recognition`, `ruleset`. */
export async function statesOfKind<T>({ ledger }: Registry, kind: string): Promise<T[]> {
  return (await ledger.statesOfKind(kind)) as T[];
}
