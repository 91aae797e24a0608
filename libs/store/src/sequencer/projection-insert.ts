import type pg from 'pg';
import { timed } from '../connection.js';
import type { Accepted, BatchVerdict } from './batch-verdict.js';
import { int8Array, textArray } from './binary-array.js';

/** The tables that projections go to: the live ones, or others of the same shape. */
export interface ProjectionTables {
  state: string;
  mention: string;
  lineage: string;
}

/** The projections that readers and deciders use. */
export const LIVE: ProjectionTables = { state: 'state', mention: 'mention', lineage: 'lineage' };

/** What `apply` made of some entries. */
export interface Applied extends Pick<BatchVerdict, 'writes'> {
  accepted: readonly Pick<Accepted, 'index' | 'mentions' | 'lineage'>[];
}

/** Writes what `apply` made of some entries: mentions, lineage and state. */
export async function insertProjections(
  client: pg.ClientBase,
  tables: ProjectionTables,
  origin: string,
  { accepted, writes }: Applied,
): Promise<void> {
  await Promise.all([
    insertMentions(client, tables.mention, origin, accepted),
    insertLineage(client, tables.lineage, origin, accepted),
    writeState(client, tables.state, writes),
  ]);
}

async function insertMentions(
  client: pg.ClientBase,
  table: string,
  origin: string,
  accepted: Applied['accepted'],
): Promise<void> {
  const rows = accepted.flatMap(({ mentions, index }) => mentions.map((key) => ({ key, index })));
  if (rows.length === 0) return;
  await client.query(
    timed({
      name: `ledger ${table}`,
      text: `INSERT INTO ${table} (key, origin, index)
      SELECT key, $1, index FROM unnest($2::text[], $3::bigint[]) AS new(key, index)`,
      values: [
        origin,
        textArray(rows.map(({ key }) => key)),
        int8Array(rows.map(({ index }) => index)),
      ],
    }),
  );
}

async function insertLineage(
  client: pg.ClientBase,
  table: string,
  origin: string,
  accepted: Applied['accepted'],
): Promise<void> {
  const edges = accepted.flatMap(({ lineage, index }) =>
    lineage.map((edge) => ({ ...edge, index })),
  );
  if (edges.length === 0) return;
  await client.query(
    timed({
      name: `ledger ${table}`,
      text: `INSERT INTO ${table} (child, parent, origin, index)
      SELECT child, parent, $1, index
      FROM unnest($2::text[], $3::text[], $4::bigint[]) AS new(child, parent, index)
      ON CONFLICT (child, parent) DO NOTHING`,
      values: [
        origin,
        textArray(edges.map(({ child }) => child)),
        textArray(edges.map(({ parent }) => parent)),
        int8Array(edges.map(({ index }) => index)),
      ],
    }),
  );
}

async function writeState(
  client: pg.ClientBase,
  table: string,
  writes: Applied['writes'],
): Promise<void> {
  const kept = [...writes].filter((write): write is [string, string] => write[1] !== null);
  const removed = [...writes].filter(([, value]) => value === null);
  await Promise.all([
    kept.length > 0 &&
      client.query(
        timed({
          name: `ledger ${table}`,
          text: `INSERT INTO ${table} (key, value)
          SELECT key, value FROM unnest($1::text[], $2::text[]) AS new(key, value)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          values: [textArray(kept.map(([key]) => key)), textArray(kept.map(([, value]) => value))],
        }),
      ),
    removed.length > 0 &&
      client.query(
        timed({
          name: `ledger ${table} removal`,
          text: `DELETE FROM ${table} WHERE key = ANY($1::text[])`,
          values: [textArray(removed.map(([key]) => key))],
        }),
      ),
  ]);
}
