import type { Json } from '#lib/documents';
import { poolOf } from '#lib/store';
import type { Registry } from '../registry.js';

/** One kind of state by its key's first word: `certificate`, `recognition`, `ruleset`. */
export async function statesOfKind<T>(registry: Registry, kind: string): Promise<T[]> {
  // Keys compare by their code units, and `;` follows `:`; so this is one range of the primary key.
  const { rows } = await poolOf(registry.dataSource).query<{ value: string }>(
    'SELECT value FROM state WHERE key >= $1 COLLATE "C" AND key < $2 COLLATE "C" ORDER BY key',
    [`${kind}:`, `${kind};`],
  );
  return rows.map(({ value }) => JSON.parse(value) as Json as T);
}
