import type pg from 'pg';
import { withConnection } from '../connection.js';
import type { Log } from '../ledger.js';
import { type LogHead, headOf, selectHead } from '../sequencer/log-head.js';
import type { AuditFinding, FindingListener } from './audit-finding.js';
import { EntryAudit, reasonOf } from './entry-audit.js';
import { PAGE_SIZE, readLedgerPage } from './ledger-page.js';
import { LedgerReplay, type Replay, type ReplayedRow } from './ledger-replay.js';
import {
  auditCitations,
  auditEvidence,
  auditProjections,
  auditSurplus,
} from './projection-audit.js';
import { TreeAudit } from './tree-audit.js';
import { type WitnessVerifiers, auditWitnessing } from './witness-audit.js';

/** What an audit is given. */
export interface AuditOptions {
  pool: pg.Pool;
  log: Log;
  replay: Replay;
  /** Checks cosignatures, ours and others'; without it they are not looked at. */
  witnessing?: WitnessVerifiers;
  /** Called after each page with the entries that are done and those there are. */
  onProgress?(done: number, total: number): void;
}

/** What an audit found out. */
export interface AuditReport {
  origin: string;
  /** How many entries were checked. */
  treeSize: number;
  findings: AuditFinding[];
}

/**
 * Checks everything from the bodies up: statement, digest, entry, chain, leaf, tiles, root, every
 * signed checkpoint, head; then decides and applies every statement again and compares state and
 * look-ups. Writes nothing but temporary tables, reads page by page beside a running registry, and
 * ends with one snapshot. Tells of what it finds, and throws only when the database fails.
 */
export function auditLedger(options: AuditOptions): Promise<AuditReport> {
  return withConnection(options.pool, (client) => new Audit(client, options).run());
}

class Audit {
  readonly #findings: AuditFinding[] = [];
  readonly #found: FindingListener = (finding) => this.#findings.push(finding);
  readonly #entries: EntryAudit;
  readonly #tree: TreeAudit;
  #done = 0;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly options: AuditOptions,
  ) {
    this.#entries = new EntryAudit(options.log, options.replay, this.#found);
    this.#tree = new TreeAudit(client, options.log, this.#found);
  }

  async run(): Promise<AuditReport> {
    const { log, replay, witnessing } = this.options;
    const { client } = this;
    const replayed = await LedgerReplay.begin(client, log.origin, replay);
    await this.#readUpTo((await this.#head()).size, replayed);
    await auditEvidence(client, log.crypto.sha256, this.#found);
    // What came in meanwhile is read in the snapshot in which everything is compared.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const head = await this.#head();
    await this.#readUpTo(head.size, replayed);
    await this.#tree.finish(head, this.#entries.lastLeafHash);
    this.#checkHeadTime(head);
    await auditSurplus(client, log.origin, head.size, this.#found);
    await auditProjections(client, this.#found);
    if (witnessing) await auditWitnessing(client, log, witnessing, this.#found);
    await client.query('COMMIT');
    return { origin: log.origin, treeSize: head.size, findings: this.#findings };
  }

  async #head(): Promise<LogHead> {
    const { rows } = await this.client.query(selectHead(this.options.log.origin));
    return headOf(rows[0]);
  }

  async #readUpTo(size: number, replayed: LedgerReplay): Promise<void> {
    while (this.#done < size) {
      const end = Math.min(this.#done + PAGE_SIZE, size);
      await this.#readPage(end, replayed);
      this.#done = end;
      this.options.onProgress?.(end, size);
    }
  }

  async #readPage(end: number, replayed: LedgerReplay): Promise<void> {
    const rows = await readLedgerPage(this.client, this.options.log.origin, this.#done, end);
    const leafHashes: Uint8Array[] = [];
    const opened: ReplayedRow[] = [];
    for (const row of rows) {
      const checked = await this.#entries.check(row);
      leafHashes.push(checked.leafHash);
      if (checked.replayed) opened.push(checked.replayed);
    }
    await this.#tree.add(leafHashes);
    for (const { index, statement } of opened)
      await auditCitations(this.client, index, statement.evidence ?? [], this.#found);
    await replayed.apply(opened, (index, reason) =>
      this.#found({ name: 'undecidable', table: 'statement', index, detail: reasonOf(reason) }),
    );
  }

  #checkHeadTime({ size, recordedAt }: LogHead): void {
    if (size === 0 || recordedAt === this.#entries.lastRecordedAt) return;
    const detail = 'Its time is not that of the last entry.';
    this.#found({ name: 'altered', table: 'log_head', index: null, detail });
  }
}
