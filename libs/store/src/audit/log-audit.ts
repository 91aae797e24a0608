import type pg from 'pg';
import { toHex } from '#lib/documents';
import type { Log } from '../ledger.js';
import { type LogHead, headOf, selectHead } from '../sequencer/log-head.js';
import type { FindingListener } from './audit-finding.js';
import { EntryAudit, reasonOf } from './entry-audit.js';
import { type LedgerRow, PAGE_SIZE, readLedgerPage } from './ledger-page.js';
import type { FrozenHead, LedgerReplay, Replay, ReplayedRow } from './ledger-replay.js';
import { auditCitations, auditSurplus } from './projection-audit.js';
import { readAhead } from './read-ahead.js';
import { TreeAudit } from './tree-audit.js';

/** Pages that are read, hashed and opened while one is replayed. */
const PAGES_AHEAD = 2;

/** What the audit of one log is given. */
export interface LogAuditParts {
  client: pg.ClientBase;
  log: Log;
  replay: Replay;
  replayed: LedgerReplay;
  found: FindingListener;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Audits one log of a registry: its entries, its tree, its head, and where it begins. */
export class LogAudit {
  readonly #entries: EntryAudit;
  readonly #tree: TreeAudit;
  /** Up to where entries were hashed; they are replayed some pages behind that. */
  #hashed = 0;
  #predecessor: FrozenHead | undefined;
  #head: LogHead | undefined;

  constructor(private readonly parts: LogAuditParts) {
    const { client, log, replay, found } = parts;
    this.#entries = new EntryAudit(log, replay, found);
    this.#tree = new TreeAudit(client, log, found);
  }

  get origin(): string {
    return this.parts.log.origin;
  }

  /** Checks and replays every entry that the head has and that was not read before. */
  async read(): Promise<void> {
    const { client, log } = this.parts;
    this.#head = headOf((await client.query(selectHead(log.origin))).rows[0]);
    const { size } = this.#head;
    const pages = readAhead(this.#hashPages(size), PAGES_AHEAD, async (page) => {
      return { end: page.end, rows: await this.#open(page.committed) };
    });
    for await (const { end, rows } of pages) {
      await this.#replay(rows);
      this.parts.onProgress?.(end, size);
    }
  }

  /**
   * Checks the tree, the head, and that the log begins where the one `before` it was frozen; gives
   * its own head, as signed. `successor` is the log that comes after, if one does.
   */
  async finish(before: FrozenHead | undefined, successor: string | undefined): Promise<FrozenHead> {
    const { client, log, found } = this.parts;
    const head = this.#head!;
    await this.#tree.finish(head, this.#entries.lastLeafHash);
    if (head.size > 0 && head.recordedAt !== this.#entries.lastRecordedAt)
      this.#alter('Its time is not that of the last entry.');
    await auditSurplus(client, log.origin, head.size, found);
    this.#checkSuccession(before);
    if (successor !== undefined && head.successor !== successor)
      this.#alter(`It is not frozen, although ${successor} succeeds it.`);
    if (successor === undefined && head.successor !== null)
      this.#alter(`It is frozen for ${head.successor}, which has no genesis here.`);
    return { origin: log.origin, treeSize: head.size, rootHash: toHex(head.root) };
  }

  #checkSuccession(before: FrozenHead | undefined): void {
    const named = this.#predecessor;
    const isSame =
      named?.origin === before?.origin &&
      named?.treeSize === before?.treeSize &&
      named?.rootHash === before?.rootHash;
    if (isSame || this.#hashed === 0) return;
    const detail = before
      ? `The first entry does not name the head of ${before.origin}: ${before.treeSize} entries, root ${before.rootHash}.`
      : `The first entry names ${named!.origin} as the log before, which is not here.`;
    this.parts.found({ name: 'altered', table: 'statement', index: 0, detail });
  }

  /** Reads and hashes what was not read before; gives the rows whose statements can be opened. */
  async *#hashPages(size: number): AsyncGenerator<{ end: number; committed: LedgerRow[] }> {
    const { client, log } = this.parts;
    while (this.#hashed < size) {
      const end = Math.min(this.#hashed + PAGE_SIZE, size);
      const rows = await readLedgerPage(client, log.origin, this.#hashed, end);
      const hashed = rows.map((row) => this.#entries.hash(row));
      await this.#tree.add(hashed.map(({ leafHash }) => leafHash));
      this.#hashed = end;
      yield { end, committed: rows.filter((_, i) => hashed[i]!.isCommitted) };
    }
  }

  /** All of a page at once: signatures verify on as many threads as there are. */
  async #open(rows: readonly LedgerRow[]): Promise<ReplayedRow[]> {
    const opened = await Promise.all(rows.map((row) => this.#entries.open(row)));
    return opened.filter((replayed) => replayed !== undefined);
  }

  async #replay(rows: readonly ReplayedRow[]): Promise<void> {
    const { client, log, replayed, found } = this.parts;
    for (const { index, statement } of rows) {
      if (index === 0) this.#predecessor = statement.predecessor;
      await auditCitations(client, log, index, statement.evidence ?? [], found);
    }
    await replayed.apply(log.origin, rows, (index, reason) =>
      found({ name: 'undecidable', table: 'statement', index, detail: reasonOf(reason) }),
    );
  }

  #alter(detail: string): void {
    this.parts.found({ name: 'altered', table: 'log_head', index: null, detail });
  }
}
