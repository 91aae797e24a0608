import type pg from 'pg';
import { insertGrowth, insertStatements } from '../../libs/store/src/sequencer/batch-insert.js';
import { perSecond, timed } from '../figures.js';
import type { PreparedBatch } from '../workload/prepared-batch.js';
import { copyIn } from './copy-in.js';
import { type TableRows, rowsOf } from './table-rows.js';

/** Writes the rows of one batch inside a transaction that is open. */
export type WriteRows = (client: pg.ClientBase, batch: PreparedBatch) => Promise<void>;

/** `INSERT … VALUES (…), (…)`: what anybody would write. */
export const byValues: WriteRows = async (client, batch) => {
  for (const rows of rowsOf(batch)) await insertValues(client, rows);
};

/** COPY, save for state, which COPY cannot replace. */
export const byCopy: WriteRows = async (client, batch) => {
  for (const rows of rowsOf(batch))
    if (rows.onConflict) await insertValues(client, rows);
    else await copyIn(client, rows);
};

/** The sequencer's own inserts, of arrays, with nothing to lock, load, decide or hash. */
export const byArrays: WriteRows = async (client, { origin, verdict, growth }) => {
  await Promise.all([
    insertStatements(client, origin, verdict),
    insertGrowth(client, origin, growth, verdict.accepted),
  ]);
};

/** Statements per second when each batch is one transaction on one connection. */
export async function measureInserts(
  client: pg.ClientBase,
  batches: readonly PreparedBatch[],
  write: WriteRows,
): Promise<number> {
  const statements = batches.reduce((sum, { verdict }) => sum + verdict.accepted.length, 0);
  const { ms } = await timed(async () => {
    for (const batch of batches) {
      await client.query('BEGIN');
      await write(client, batch);
      // insertGrowth has moved the head already, by compare-and-swap.
      if (write !== byArrays) await moveHead(client, batch);
      await client.query('COMMIT');
    }
  });
  return perSecond(statements, ms);
}

/**
 * Statements per second at one statement a transaction, on that many connections. The head is left
 * out, or they would wait for one another; so is the order of the log.
 */
export async function measureRowsPerTransaction(
  pool: pg.Pool,
  batches: readonly PreparedBatch[],
  clients: number,
): Promise<number> {
  const { ms } = await timed(() =>
    Promise.all(
      Array.from({ length: clients }, async (_, worker) => {
        const client = await pool.connect();
        // One works after another: no two clients touch the same state.
        for (let i = worker; i < batches.length; i += clients) {
          await client.query('BEGIN');
          await byValues(client, batches[i]!);
          await client.query('COMMIT');
        }
        client.release();
      }),
    ),
  );
  return perSecond(batches.length, ms);
}

async function insertValues(
  client: pg.ClientBase,
  { table, columns, rows, onConflict }: TableRows,
): Promise<void> {
  const width = columns.length;
  const tuples = rows.map(
    (_, i) => `(${columns.map((__, j) => `$${i * width + j + 1}`).join(',')})`,
  );
  const names = columns.map(({ name }) => name).join(', ');
  const conflict = onConflict ? ` ON CONFLICT ${onConflict}` : '';
  await client.query(
    `INSERT INTO ${table} (${names}) VALUES ${tuples.join(',')}${conflict}`,
    rows.flat(),
  );
}

async function moveHead(client: pg.ClientBase, { origin, growth }: PreparedBatch): Promise<void> {
  const { after } = growth;
  await client.query(
    `UPDATE log_head SET epoch = $2, size = $3, root = $4, edge = $5, last_leaf_hash = $6,
       checkpoint = $7, recorded_at = $8 WHERE origin = $1`,
    [
      origin,
      after.epoch,
      after.size,
      Buffer.from(after.root),
      Buffer.from(after.edge),
      Buffer.from(after.lastLeafHash),
      after.checkpoint,
      after.recordedAt,
    ],
  );
}
