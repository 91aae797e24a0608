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

const projections = ({ state, mention, lineage }: ProjectionTables) => `WITH mentioned AS (
    INSERT INTO ${mention} (key, origin, index)
    SELECT key, $1, index FROM unnest($2::text[], $3::bigint[]) AS new(key, index)),
  descended AS (
    INSERT INTO ${lineage} (child, parent, origin, index)
    SELECT child, parent, $1, index
    FROM unnest($4::text[], $5::text[], $6::bigint[]) AS new(child, parent, index)
    ON CONFLICT (child, parent) DO NOTHING)
  INSERT INTO ${state} (key, value)
  SELECT key, value FROM unnest($7::text[], $8::text[]) AS new(key, value)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`;

/** Writes what `apply` made of some entries: mentions, lineage and state. */
export async function insertProjections(
  client: pg.ClientBase,
  tables: ProjectionTables,
  origin: string,
  { accepted, writes }: Applied,
): Promise<void> {
  const mentions = accepted.flatMap(({ mentions: keys, index }) =>
    keys.map((key) => ({ key, index })),
  );
  const edges = accepted.flatMap(({ lineage, index }) =>
    lineage.map((edge) => ({ ...edge, index })),
  );
  const kept = [...writes].flatMap(([key, value]) => (value ? [{ key, text: value.text }] : []));
  const removed = [...writes].flatMap(([key, value]) => (value ? [] : [key]));
  const written = client.query(
    timed({
      name: `ledger ${tables.state}`,
      text: projections(tables),
      values: [
        origin,
        textArray(mentions.map(({ key }) => key)),
        int8Array(mentions.map(({ index }) => index)),
        textArray(edges.map(({ child }) => child)),
        textArray(edges.map(({ parent }) => parent)),
        int8Array(edges.map(({ index }) => index)),
        textArray(kept.map(({ key }) => key)),
        textArray(kept.map(({ text }) => text)),
      ],
    }),
  );
  await Promise.all([written, removed.length > 0 && removeState(client, tables.state, removed)]);
}

async function removeState(client: pg.ClientBase, table: string, keys: string[]): Promise<void> {
  await client.query(
    timed({
      name: `ledger ${table} removal`,
      text: `DELETE FROM ${table} WHERE key = ANY($1::text[])`,
      values: [textArray(keys)],
    }),
  );
}
