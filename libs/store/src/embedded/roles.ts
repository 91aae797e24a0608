import pg from 'pg';

/** The role that serves: it may add to the ledger's tables and never change them. */
export const SERVING_ROLE = 'lodestone_app';

/**
 * Makes the serving role with that password, or gives it that password, as the owner at
 * `adminUrl`. Safe when several processes start at once. Faults when the owner may not make roles.
 */
export async function ensureServingRole(adminUrl: string, password: string): Promise<void> {
  await asOwner(adminUrl, async (client) => {
    const secret = pg.escapeLiteral(password);
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('${SERVING_ROLE}'))`);
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [
      SERVING_ROLE,
    ]);
    const verb = rowCount ? 'ALTER' : 'CREATE';
    await client.query(`${verb} ROLE ${SERVING_ROLE} LOGIN NOSUPERUSER PASSWORD ${secret}`);
    await client.query('COMMIT');
  });
}

/** Makes a database of that name unless there is one. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await asOwner(adminUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount) return;
    try {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    } catch (error) {
      // CREATE DATABASE knows no IF NOT EXISTS: another starter was quicker.
      const { code } = error as { code?: string };
      if (code !== '42P04' && code !== '23505') throw error;
    }
  });
}

async function asOwner(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
