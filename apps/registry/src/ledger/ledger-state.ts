import type { Json } from '#lib/documents';
import { poolOf } from '#lib/store';
import type { Registry } from '../registry.js';

/** The value of a state key as its decider wrote it; undefined when there is none. */
export async function ledgerState<T>({ ledger }: Registry, key: string): Promise<T | undefined> {
  return (await ledger.state(key)) as T | undefined;
}

/** One kind of state by its key's first word: `certificate`, `recognition`, `ruleset`. */
export async function statesOfKind<T>({ dataSource }: Registry, kind: string): Promise<T[]> {
  // A prefix is one range of the primary key where the database sorts by code units, as ours does.
  const { rows } = await poolOf(dataSource).query<{ value: string }>(
    'SELECT value FROM state WHERE key LIKE $1 ORDER BY key',
    [`${kind}:%`],
  );
  return rows.map(({ value }) => JSON.parse(value) as Json as T);
}
