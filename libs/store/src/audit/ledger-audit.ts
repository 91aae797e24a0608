import type pg from 'pg';
import { withConnection } from '../connection.js';
import { logsOf, originsOf, type Log } from '../ledger.js';
import type { AuditFinding, FindingListener } from './audit-finding.js';
import { auditIndexes } from './index-audit.js';
import { LedgerReplay, type FrozenHead, type Replay } from './ledger-replay.js';
import { LogAudit } from './log-audit.js';
import { auditEvidence, auditProjections, auditStrangers } from './projection-audit.js';
import { type WitnessVerifiers, auditForkCounts, auditWitnessing } from './witness-audit.js';

/** What an audit is given. */
export interface AuditOptions {
  pool: pg.Pool;
  /** With its predecessors: they are audited too. */
  log: Log;
  replay: Replay;
  /** Checks cosignatures, ours and others'; without it they are not looked at. */
  witnessing?: WitnessVerifiers;
  /** Called after each page with the entries of a log that are done and those there are. */
  onProgress?(done: number, total: number): void;
}

/** What an audit found out. */
export interface AuditReport {
  origin: string;
  /** How many entries of that log were checked. */
  treeSize: number;
  /** The logs before it, the oldest first, and how many entries of each were checked. */
  predecessors?: { origin: string; treeSize: number }[];
  findings: AuditFinding[];
}

/**
 * Checks everything from the bodies up: statement, digest, entry, chain, leaf, tiles, root, every
 * signed checkpoint, head; then decides and applies every statement again and compares state and
 * look-ups, down to the indexes by which they are found. A log and those that it succeeds are one history, and each must begin at the frozen head
 * of the one before. Writes nothing but temporary tables, reads page by page beside a running
 * registry, and ends with one snapshot. Tells of what it finds, and throws only when the database
 * fails.
 */
export function auditLedger(options: AuditOptions): Promise<AuditReport> {
  return withConnection(
    options.pool,
    async (client) => (await auditHeads(client, options.log)) ?? audit(client, options),
  );
}

async function audit(client: pg.PoolClient, options: AuditOptions): Promise<AuditReport> {
  const { log, replay, witnessing, onProgress } = options;
  const findings: AuditFinding[] = [];
  const found: FindingListener = (finding) => void findings.push(finding);
  const replayed = await LedgerReplay.begin(client, replay);
  const audits = logsOf(log).map((each) => {
    const isNewest = each.origin === log.origin;
    const tell: FindingListener = (finding) => found({ ...finding, origin: each.origin });
    const parts = { client, log: each, replay, replayed, onProgress };
    return new LogAudit({ ...parts, found: isNewest ? found : tell });
  });
  for (const each of audits) await each.read();
  await auditEvidence(client, log.crypto.sha256, found);
  // What came in meanwhile is read in the snapshot in which everything is compared.
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  const heads: FrozenHead[] = [];
  for (const [i, each] of audits.entries()) {
    await each.read();
    heads.push(await each.finish(heads.at(-1), audits[i + 1]?.origin));
  }
  await auditStrangers(client, originsOf(log), found);
  await auditProjections(client, found);
  if (witnessing) await auditWitnessing(client, log, witnessing, found);
  await auditForkCounts(client, found);
  await auditIndexes(client, found);
  await client.query('COMMIT');
  const sizes = heads.map(({ origin, treeSize }) => ({ origin, treeSize }));
  const { origin, treeSize } = sizes.pop()!;
  return { origin, treeSize, ...(sizes.length > 0 ? { predecessors: sizes } : {}), findings };
}

/** The report on a ledger in which a log has lost its head; undefined when all have theirs. */
async function auditHeads(client: pg.ClientBase, log: Log): Promise<AuditReport | undefined> {
  const origins = originsOf(log);
  const { rows } = await client.query<{ origin: string }>(
    'SELECT origin FROM log_head WHERE origin = ANY($1::text[])',
    [origins],
  );
  const headless = origins.filter((origin) => rows.every((row) => row.origin !== origin));
  if (headless.length === 0) return undefined;
  const findings = headless.map((origin): AuditFinding => {
    const detail = `${origin} has no head, so that nothing says how far it goes.`;
    return { name: 'missing', table: 'log_head', index: null, detail };
  });
  await auditStrangers(client, origins, (finding) => void findings.push(finding));
  return { origin: log.origin, treeSize: 0, findings };
}
