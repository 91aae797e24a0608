import type pg from 'pg';

/**
 * Lends a connection of the pool to a piece of work. If the work fails the connection is closed, and
 * what it had open on the server ends with it: a transaction, a lock, temporary tables.
 */
export async function withConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  client.on('error', ignoreLoss);
  try {
    const result = await work(client);
    client.off('error', ignoreLoss);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * Begins a transaction whose outcome others will be told of: when COMMIT returns it is on disk, whatever
 * a database, a role or a server has been set to.
 */
export const BEGIN_DURABLE = 'BEGIN; SET LOCAL synchronous_commit = on';

/** A connection that is lost between two queries says so by an event; the next query says it too. */
const ignoreLoss = () => undefined;

/** Longer than any statement of the sequencer may run by the server's own limit. */
const ANSWER_TIMEOUT_MS = 15_000;

/** A query that is given up when no answer comes: a network may swallow what the server says. */
export function timed<Query extends pg.QueryConfig>(query: Query): Query {
  return { ...query, query_timeout: ANSWER_TIMEOUT_MS };
}
