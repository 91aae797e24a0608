import { toHex } from '#lib/documents';
import { Problem } from '#lib/problem';
import { HASH_SIZE, formatEntry, hashesEqual, leafHash } from '#lib/tlog';
import type { Log } from '../ledger.js';
import { NO_LEAF_HASH, type EntryRow, entryOf } from '../reader/entry-row.js';
import type { AuditedTable, FindingListener, FindingName } from './audit-finding.js';
import type { LedgerRow } from './ledger-page.js';
import { type Replay, type ReplayedRow, replayRow } from './ledger-replay.js';

/** Stands for the leaf hash of what is gone: no SHA-256 value is known to be this. */
const LOST = new Uint8Array(HASH_SIZE).fill(0xff);

/** Hashes bodies up to their leaves, one row after another. */
export class EntryAudit {
  /** The leaf hash of the row before as computed, and as stored: one of them may be wrong. */
  #previous: Uint8Array[] = [NO_LEAF_HASH];
  #recordedAt = '';

  constructor(
    private readonly log: Log,
    private readonly replay: Replay,
    private readonly found: FindingListener,
  ) {}

  /** The leaf hash of the last row, as computed. */
  get lastLeafHash(): Uint8Array {
    return this.#previous[0]!;
  }

  /** When the last row was recorded, RFC 3339; empty before the first. */
  get lastRecordedAt(): string {
    return this.#recordedAt;
  }

  /** Checks one row; gives its leaf hash as computed, and the statement when it can be opened. */
  async check(row: LedgerRow): Promise<{ leafHash: Uint8Array; replayed?: ReplayedRow }> {
    const leaf = this.#checkEntry(row);
    const replayed = await this.#checkStatement(row);
    return { leafHash: leaf, ...(replayed ? { replayed } : {}) };
  }

  #checkEntry({ index, entry }: LedgerRow): Uint8Array {
    if (!entry) {
      this.#tell('missing', 'entry', index, 'The entry is gone.');
      this.#previous = [LOST];
      return LOST;
    }
    const candidates = this.#previous.map((previous) => this.#leafAfter(entry, previous));
    const computed =
      candidates.find((leaf) => hashesEqual(leaf, entry.leaf_hash)) ?? candidates[0]!;
    if (!hashesEqual(computed, entry.leaf_hash))
      this.#tell(
        'altered',
        'entry',
        index,
        'The entry does not have the leaf hash that is stored.',
      );
    const recordedAt = entry.recorded_at.toISOString();
    if (recordedAt < this.#recordedAt)
      this.#tell('altered', 'entry', index, 'It was recorded before the entry before it.');
    this.#recordedAt = recordedAt;
    this.#previous = [computed, entry.leaf_hash];
    return computed;
  }

  #leafAfter(entry: EntryRow, previous: Uint8Array): Uint8Array {
    try {
      const bytes = formatEntry(entryOf(this.log.origin, entry, previous));
      return leafHash(this.log.crypto.sha256, bytes);
    } catch {
      // What no longer has the form of an entry has no leaf hash, and no stored one is equal to this.
      return LOST;
    }
  }

  async #checkStatement(row: LedgerRow): Promise<ReplayedRow | undefined> {
    const { index, entry, statement } = row;
    if (!statement) return this.#tell('missing', 'statement', index, 'The statement is gone.');
    if (!entry) return undefined;
    if (!hashesEqual(this.log.crypto.sha256(statement.bytes), entry.digest))
      return this.#tell('altered', 'statement', index, 'Its bytes do not have the entry’s digest.');
    try {
      const replayed = await replayRow(this.replay, row);
      const { type, identity } = replayed.statement;
      if (type !== statement.type)
        this.#tell(
          'altered',
          'statement',
          index,
          `It is stored as ${statement.type}, and is ${type}.`,
        );
      if (identity !== toHex(statement.identity))
        this.#tell('altered', 'statement', index, 'It is stored under another identity.');
      return replayed;
    } catch (error) {
      const table = statement.disclosures ? 'disclosure' : 'statement';
      return this.#tell('unreadable', table, index, reasonOf(error));
    }
  }

  #tell(name: FindingName, table: AuditedTable, index: number, detail: string): undefined {
    this.found({ name, table, index, detail });
  }
}

/** What a Problem or a fault says, for a finding. */
export function reasonOf(error: unknown): string {
  if (error instanceof Problem) return error.details.detail;
  return error instanceof Error ? error.message : String(error);
}
