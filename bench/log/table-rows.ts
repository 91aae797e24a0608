import { fromHex } from '#lib/documents';
import type { PreparedBatch } from '../workload/prepared-batch.js';

/** A value as a column takes it. */
export type Cell = string | number | Buffer;

/** Rows for one table, in the order of its columns. */
export interface TableRows {
  table: string;
  columns: readonly Column[];
  rows: Cell[][];
  /** What to do with a key that is there already; nothing when it never is. */
  onConflict?: string;
}

/** A column and its type, as COPY needs to know it. */
export interface Column {
  name: string;
  type: 'text' | 'bigint' | 'smallint' | 'bytea' | 'time';
}

/** Every row that a batch adds, table by table, but for the head, which is changed in place. */
export function rowsOf({ origin, verdict, growth }: PreparedBatch): TableRows[] {
  const { accepted, writes } = verdict;
  const { leafHashes, after, before, tiles } = growth;
  const disclosed = accepted.filter(({ item }) => item.disclosures !== null);
  return [
    of(
      'entry',
      'origin:text index:bigint leaf_hash:bytea digest:bytea recorded_at:time',
      accepted.map(({ item, index }): Cell[] => {
        const leaf = leafHashes[index - before.size]!;
        return [origin, index, Buffer.from(leaf), bytes(item.digest), after.recordedAt];
      }),
    ),
    of(
      'statement',
      'origin:text index:bigint identity:bytea type:text bytes:bytea',
      accepted.map(({ item, index }): Cell[] => {
        return [origin, index, bytes(item.identity), item.type, Buffer.from(item.bytes)];
      }),
    ),
    of(
      'disclosure',
      'origin:text index:bigint bytes:bytea',
      disclosed.map(({ item, index }): Cell[] => [origin, index, Buffer.from(item.disclosures!)]),
    ),
    of(
      'mention',
      'key:text origin:text index:bigint',
      accepted.flatMap(({ mentions, index }) =>
        mentions.map((key): Cell[] => [key, origin, index]),
      ),
    ),
    of(
      'lineage',
      'child:text parent:text origin:text index:bigint',
      accepted.flatMap(({ lineage, index }) =>
        lineage.map(({ child, parent }): Cell[] => [child, parent, origin, index]),
      ),
    ),
    {
      ...of('state', 'key:text value:text', [...writes] as Cell[][]),
      onConflict: '(key) DO UPDATE SET value = excluded.value',
    },
    of(
      'tile',
      'origin:text level:smallint index:bigint hashes:bytea',
      tiles.map((tile): Cell[] => [origin, tile.level, tile.index, Buffer.from(tile.bytes)]),
    ),
    of('checkpoint', 'origin:text size:bigint note:text', [[origin, after.size, after.checkpoint]]),
  ].filter(({ rows }) => rows.length > 0);
}

function of(table: string, columns: string, rows: Cell[][]): TableRows {
  const named = columns.split(' ').map((column) => {
    const [name, type] = column.split(':') as [string, Column['type']];
    return { name, type };
  });
  return { table, columns: named, rows };
}

function bytes(hex: string): Buffer {
  return Buffer.from(fromHex(hex));
}
