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

/** A connection that is lost between two queries says so by an event; the next query says it too. */
const ignoreLoss = () => undefined;
