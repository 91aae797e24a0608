import pg from 'pg';
import type { DataSource } from 'typeorm';
import { SERVING_ROLE } from '../embedded/roles.js';
import { createDataSource } from './data-source.js';

/** Serialises migrations of one database among all processes; any constant will do. */
const MIGRATION_LOCK = 4_711_570_001;

const APPEND_ONLY = 'entry, statement, disclosure, evidence, tile, checkpoint, witness_evidence';
const MUTABLE = 'state, mention, lineage, witness_state, cosignature';

/** The database was migrated by a later release than this one, which would misread it. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

/**
 * Brings the schema up to date as its owner, then grants the serving role, if the server has it,
 * what it needs and no more. Processes that start at once wait for each other. Throws
 * NewerSchemaError, and changes nothing, when a later release was here before.
 */
export async function migrateDatabase(adminUrl: string): Promise<void> {
  const guard = new pg.Client({ connectionString: adminUrl });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const owner = createDataSource(adminUrl, 1);
    await owner.initialize();
    try {
      await requireKnownMigrations(owner, guard);
      await owner.runMigrations({ transaction: 'all' });
    } finally {
      await owner.destroy();
    }
    await grantServingRole(guard);
  } finally {
    await guard.end();
  }
}

async function requireKnownMigrations(owner: DataSource, guard: pg.Client): Promise<void> {
  const { rows: tables } = await guard.query("SELECT to_regclass('migrations') AS found");
  if (tables[0].found === null) return;
  const { rows } = await guard.query<{ name: string }>('SELECT name FROM migrations');
  const known = new Set(owner.migrations.map(({ name, constructor }) => name ?? constructor.name));
  const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new NewerSchemaError(
      `The database was changed by a later release of Lodestone (${unknown.join(', ')}).`,
    );
}

async function grantServingRole(owner: pg.Client): Promise<void> {
  const { rowCount } = await owner.query(
    'SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolname <> current_user',
    [SERVING_ROLE],
  );
  if (!rowCount) return;
  await owner.query(`
    BEGIN;
    GRANT SELECT, INSERT ON ${APPEND_ONLY} TO ${SERVING_ROLE};
    GRANT SELECT, INSERT, UPDATE ON log_head TO ${SERVING_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${MUTABLE} TO ${SERVING_ROLE};
    COMMIT`);
}

/**
 * A sentence for the operator when the connected role could change the ledger's tables, because it
 * owns them, is a superuser or was granted too much; undefined when it can only add.
 */
export async function ledgerOwnershipWarning(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ role: string; tables: string }>(`
    SELECT current_user AS role, string_agg(name, ', ' ORDER BY name) AS tables
    FROM unnest(string_to_array('${APPEND_ONLY}', ', ')) AS name
    WHERE has_table_privilege(current_user, name, 'UPDATE, DELETE, TRUNCATE')
       OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = name::regclass), 'USAGE')`);
  const found = rows[0];
  if (!found?.tables) return undefined;
  return (
    `The role ${found.role} may change ${found.tables}: serve as ${SERVING_ROLE} ` +
    'and give the owner to DATABASE_ADMIN_URL alone.'
  );
}
