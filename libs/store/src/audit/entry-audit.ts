import { toHex } from '#lib/documents';
import { Problem } from '#lib/problem';
import { HASH_SIZE, entryLeafHash, hashesEqual } from '#lib/tlog';
import type { Log } from '../ledger.js';
import { NO_LEAF_HASH, type EntryRow, entryOf, recordedAtOf } from '../reader/entry-row.js';
import type { AuditedTable, FindingListener, FindingName } from './audit-finding.js';
import type { LedgerRow } from './ledger-page.js';
import { type Replay, type ReplayedRow, replayRow } from './ledger-replay.js';

/** Stands for the leaf hash of what is gone: no SHA-256 value is known to be this. */
const LOST = new Uint8Array(HASH_SIZE).fill(0xff);

/** Hashes bodies up to their leaves, one row after another, and opens what they say. */
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

  /**
   * Hashes the row after the one before; gives its leaf hash as computed, and whether the statement's
   * bytes are those that the entry commits to.
   */
  hash(row: LedgerRow): { leafHash: Uint8Array; isCommitted: boolean } {
    return { leafHash: this.#checkEntry(row), isCommitted: this.#checkDigest(row) };
  }

  /** Reads a statement whose bytes are committed to; undefined when it cannot be opened. */
  async open(row: LedgerRow): Promise<ReplayedRow | undefined> {
    const { index, statement } = row;
    try {
      const replayed = await replayRow(this.replay, row);
      const { type, identity } = replayed.statement;
      if (type !== statement!.type)
        this.#tell(
          'altered',
          'statement',
          index,
          `It is stored as ${statement!.type}, and is ${type}.`,
        );
      if (identity !== toHex(statement!.identity))
        this.#tell('altered', 'statement', index, 'It is stored under another identity.');
      return replayed;
    } catch (error) {
      const table = statement?.disclosures ? 'disclosure' : 'statement';
      return this.#tell('unreadable', table, index, reasonOf(error));
    }
  }

  #checkEntry({ index, entry }: LedgerRow): Uint8Array {
    if (!entry) {
      this.#tell('missing', 'entry', index, 'The entry is gone.');
      this.#previous = [LOST];
      return LOST;
    }
    const [computed, isStored] = this.#leafOf(entry);
    if (!isStored)
      this.#tell(
        'altered',
        'entry',
        index,
        'The entry does not have the leaf hash that is stored.',
      );
    const recordedAt = recordedAtOf(entry);
    if (recordedAt < this.#recordedAt)
      this.#tell('altered', 'entry', index, 'It was recorded before the entry before it.');
    this.#recordedAt = recordedAt;
    this.#previous = [computed, entry.leaf_hash];
    return computed;
  }

  /** The leaf hash upon the one before, and whether it is the stored one. */
  #leafOf(entry: EntryRow): [leaf: Uint8Array, isStored: boolean] {
    for (const previous of this.#previous) {
      const leaf = this.#leafAfter(entry, previous);
      if (hashesEqual(leaf, entry.leaf_hash)) return [leaf, true];
    }
    return [this.#leafAfter(entry, this.#previous[0]!), false];
  }

  #leafAfter(entry: EntryRow, previous: Uint8Array): Uint8Array {
    try {
      return entryLeafHash(this.log.crypto.sha256, entryOf(this.log.origin, entry, previous));
    } catch {
      // What no longer has the form of an entry has no leaf hash, and no stored one is equal to this.
      return LOST;
    }
  }

  #checkDigest({ index, entry, statement }: LedgerRow): boolean {
    if (!statement) this.#tell('missing', 'statement', index, 'The statement is gone.');
    if (!statement || !entry) return false;
    if (hashesEqual(this.log.crypto.sha256(statement.bytes), entry.digest)) return true;
    this.#tell('altered', 'statement', index, 'Its bytes do not have the entry’s digest.');
    return false;
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
