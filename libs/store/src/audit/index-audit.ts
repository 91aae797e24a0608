import type pg from 'pg';
import { AUDITED_TABLES, type AuditedTable, type FindingListener } from './audit-finding.js';

/** An index, and the columns of it in their order. */
interface Index {
  table: AuditedTable;
  name: string;
  columns: string[];
}

const INDEXES = `SELECT t.relname::text AS table, c.relname::text AS name,
    array_agg(quote_ident(a.attname) ORDER BY k.nth) AS columns
  FROM pg_index i
  JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_class c ON c.oid = i.indexrelid
  CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, nth)
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
  WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY($1::text[])
  GROUP BY 1, 2 ORDER BY 1, 2`;

const BY_TABLE = `SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = off;
  SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off`;
const BY_INDEX = `SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = on;
  SET LOCAL enable_indexonlyscan = on; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off`;

/**
 * Reads every table from end to end, and again by each of its indexes: both must show the same rows.
 * The sequencer looks up by index what was recorded before and what is whose, so that an index that has
 * lost a row lets a statement in twice, though every row is as it should be. Runs in a transaction with
 * one snapshot, and leaves it with other settings of the planner.
 */
export async function auditIndexes(client: pg.ClientBase, found: FindingListener): Promise<void> {
  const { rows: indexes } = await client.query<Index>(INDEXES, [AUDITED_TABLES]);
  await client.query(BY_TABLE);
  const inTables = new Map<Index, string>();
  for (const table of AUDITED_TABLES) {
    const own = indexes.filter((index) => index.table === table);
    const { rows } = await client.query<Record<string, string>>(
      `SELECT ${own.map((index, i) => `${sumOf(index)} AS sum${i}`).join(', ')} FROM ${table}`,
    );
    own.forEach((index, i) => inTables.set(index, rows[0]![`sum${i}`]!));
  }
  await client.query(BY_INDEX);
  for (const index of indexes) {
    const { table, name, columns } = index;
    // In the order of the index, and with sorting out of favour: nothing else gives that.
    const { rows } = await client.query<{ sum: string }>(
      `SELECT ${sumOf(index)} AS sum
       FROM (SELECT ${columns.join()} FROM ${table} ORDER BY ${columns.join()}) AS ordered`,
    );
    if (rows[0]!.sum === inTables.get(index)) continue;
    const detail = `Its index ${name} does not lead to the rows that are there: what is looked up by it is not found, or found twice.`;
    found({ name: 'altered', table, index: null, detail });
  }
}

/** How many rows there are, and what their columns come to, in any order. */
const sumOf = ({ columns }: Index): string =>
  `concat(count(*), ' ', sum(hash_record(ROW(${columns.join()}))::bigint))`;
