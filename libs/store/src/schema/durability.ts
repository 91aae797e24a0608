import type pg from 'pg';

/**
 * A sentence for the operator when the server may lose or tear what it has committed, because it was
 * told not to sync; undefined when it keeps it. What a session can set for itself is not asked here: the
 * transactions that matter set it.
 */
export async function durabilityWarning(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ names: string | null }>(
    `SELECT string_agg(name, ', ' ORDER BY name) AS names FROM pg_settings
     WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'`,
  );
  const names = rows[0]?.names;
  if (!names) return undefined;
  return `PostgreSQL runs with ${names} off: what was acknowledged can be lost when the machine loses power.`;
}
