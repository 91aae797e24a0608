import type pg from 'pg';
import { toHex, type Sha256 } from '#lib/documents';
import type { Log } from '../ledger.js';
import type { AuditedTable, FindingListener, FindingName } from './audit-finding.js';

/** Rows that differ are named up to this many for each table; more would say nothing more. */
const LIMIT = 1_000;

interface Difference {
  name: FindingName;
  index: string | null;
  what: string;
}

const STATE = `SELECT ${nameOf('live.key', 'replayed.key')} AS name, NULL AS index,
    coalesce(live.key, replayed.key) AS what
  FROM state live FULL JOIN replayed_state replayed ON replayed.key = live.key
  WHERE live.value IS DISTINCT FROM replayed.value`;

const MENTION = `SELECT ${nameOf('live.key', 'replayed.key')} AS name,
    coalesce(live.index, replayed.index) AS index, coalesce(live.key, replayed.key) AS what
  FROM mention live FULL JOIN replayed_mention replayed
    ON replayed.key = live.key AND replayed.origin = live.origin AND replayed.index = live.index
  WHERE live.key IS NULL OR replayed.key IS NULL`;

const LINEAGE = `SELECT ${nameOf('live.child', 'replayed.child')} AS name,
    coalesce(live.index, replayed.index) AS index,
    coalesce(live.child, replayed.child) || ' from ' || coalesce(live.parent, replayed.parent) AS what
  FROM lineage live FULL JOIN replayed_lineage replayed
    ON replayed.child = live.child AND replayed.parent = live.parent
  WHERE (live.origin, live.index) IS DISTINCT FROM (replayed.origin, replayed.index)`;

const PROJECTIONS: readonly [AuditedTable, string][] = [
  ['state', STATE],
  ['mention', MENTION],
  ['lineage', LINEAGE],
];

/** Holds the projections against those that were replayed from the ledger in this session. */
export async function auditProjections(client: pg.ClientBase, found: FindingListener) {
  for (const [table, text] of PROJECTIONS) {
    const { rows } = await client.query<Difference>(`${text} LIMIT ${LIMIT}`);
    for (const { name, index, what } of rows) {
      const at = index === null ? null : Number(index);
      found({ name, table, index: at, detail: `${what}: not what the ledger makes of it.` });
    }
  }
}

/** Tables whose rows belong to a log, and the column that numbers them. */
const LOG_TABLES: readonly [AuditedTable, string][] = [
  ['entry', 'index'],
  ['statement', 'index'],
  ['disclosure', 'index'],
  ['tile', 'index'],
  ['checkpoint', 'size'],
  ['cosignature', 'size'],
  ['log_head', 'NULL'],
];

/** Rows that belong to none of the logs, and logs beside them. */
export async function auditStrangers(
  client: pg.ClientBase,
  origins: readonly string[],
  found: FindingListener,
): Promise<void> {
  for (const [table, index] of LOG_TABLES) {
    const { rows } = await client.query<{ index: string | null; of: string }>(
      `SELECT ${index} AS index, origin AS of FROM ${table}
       WHERE origin <> ALL ($1::text[]) LIMIT ${LIMIT}`,
      [origins],
    );
    for (const row of rows) {
      const at = row.index === null ? null : Number(row.index);
      found({ name: 'surplus', table, index: at, detail: `${row.of} is no log of this registry.` });
    }
  }
}

/** Rows of a log that stand beyond its end. */
export async function auditSurplus(
  client: pg.ClientBase,
  origin: string,
  size: number,
  found: FindingListener,
): Promise<void> {
  for (const table of ['entry', 'statement', 'disclosure'] as const) {
    const { rows } = await client.query<{ index: string }>(
      `SELECT index FROM ${table}
       WHERE origin = $1 AND (index >= $2 OR index < 0) LIMIT ${LIMIT}`,
      [origin, size],
    );
    for (const { index } of rows) {
      const detail = `It is no entry of ${origin}.`;
      found({ name: 'surplus', table, index: Number(index), detail });
    }
  }
  const { rows } = await client.query<{ size: string }>(
    `SELECT size FROM checkpoint WHERE origin = $1 AND size > $2 LIMIT ${LIMIT}`,
    [origin, size],
  );
  for (const row of rows) {
    const detail = 'It was signed for a larger tree than the log holds: the log was cut.';
    found({ name: 'surplus', table: 'checkpoint', index: Number(row.size), detail });
  }
}

/** Hashes every cited document again, page by page. */
export async function auditEvidence(
  client: pg.ClientBase,
  sha256: Sha256,
  found: FindingListener,
): Promise<void> {
  let last: Buffer = Buffer.alloc(0);
  for (;;) {
    const { rows } = await client.query<{ digest: Buffer; index: string; bytes: Buffer }>(
      'SELECT digest, index, bytes FROM evidence WHERE digest > $1 ORDER BY digest LIMIT 16',
      [last],
    );
    for (const { digest, index, bytes } of rows) {
      if (Buffer.compare(sha256(bytes), digest) === 0) continue;
      const detail = `${toHex(digest)} has other bytes now.`;
      found({ name: 'altered', table: 'evidence', index: Number(index), detail });
    }
    if (rows.length === 0) return;
    last = rows.at(-1)!.digest;
  }
}

/** Tells of cited documents that are gone, or that a later entry claims to have brought. */
export async function auditCitations(
  client: pg.ClientBase,
  { origin, predecessors = [] }: Pick<Log, 'origin' | 'predecessors'>,
  index: number,
  digests: readonly string[],
  found: FindingListener,
): Promise<void> {
  if (digests.length === 0) return;
  const { rows } = await client.query<{ digest: string; origin: string; index: string }>(
    `SELECT encode(digest, 'hex') AS digest, origin, index FROM evidence
     WHERE encode(digest, 'hex') = ANY($1::text[])`,
    [digests],
  );
  for (const digest of digests) {
    const row = rows.find((each) => each.digest === digest);
    const isHere = row?.origin === origin && Number(row.index) <= index;
    if (isHere || predecessors.some((past) => past.origin === row?.origin)) continue;
    const name = row ? 'altered' : 'missing';
    found({ name, table: 'evidence', index, detail: `${digest} was brought by this entry.` });
  }
}

function nameOf(live: string, replayed: string): string {
  return `CASE WHEN ${live} IS NULL THEN 'missing' WHEN ${replayed} IS NULL THEN 'surplus' ELSE 'differs' END`;
}
