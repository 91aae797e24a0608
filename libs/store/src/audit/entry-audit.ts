import { toHex } from '#lib/documents';
import { Problem } from '#lib/problem';
import { EntryHasher, HASH_SIZE, hashesEqual } from '#lib/tlog';
import type { Log } from '../ledger.js';
import { NO_LEAF_HASH, type EntryRow, recordedAtOf } from '../reader/entry-row.js';
import type { AuditedTable, FindingListener, FindingName } from './audit-finding.js';
import type { LedgerRow } from './ledger-page.js';
import { type Replay, type ReplayedRow, replayRow } from './ledger-replay.js';

/** Stands for the leaf hash of what is gone: no SHA-256 value is known to be this. */
const LOST = new Uint8Array(HASH_SIZE).fill(0xff);

/** Hashes bodies up to their leaves, one row after another, and opens what they say. */
export class EntryAudit {
  readonly #hasher: EntryHasher;
  /** The leaf hash of the row before as computed, and as stored: one of them may be wrong. */
  #previous: Uint8Array = NO_LEAF_HASH;
  #storedPrevious: Uint8Array = NO_LEAF_HASH;
  #recordedAt = '';

  constructor(
    private readonly log: Log,
    private readonly replay: Replay,
    private readonly found: FindingListener,
  ) {
    this.#hasher = new EntryHasher(log.crypto.sha256, log.origin);
  }

  /** The leaf hash of the last row, as computed. */
  get lastLeafHash(): Uint8Array {
    return this.#previous;
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
      return (this.#previous = this.#storedPrevious = LOST);
    }
    const recordedAt = recordedAtOf(entry);
    const computed = this.#leafOf(entry, recordedAt);
    if (!hashesEqual(computed, entry.leaf_hash))
      this.#tell(
        'altered',
        'entry',
        index,
        'The entry does not have the leaf hash that is stored.',
      );
    if (recordedAt < this.#recordedAt)
      this.#tell('altered', 'entry', index, 'It was recorded before the entry before it.');
    this.#recordedAt = recordedAt;
    this.#storedPrevious = entry.leaf_hash;
    return (this.#previous = computed);
  }

  /** The leaf hash upon the one before: as that was computed, unless only its stored one fits. */
  #leafOf(entry: EntryRow, recordedAt: string): Uint8Array {
    const leaf = this.#leafAfter(this.#previous, entry, recordedAt);
    if (hashesEqual(leaf, entry.leaf_hash) || hashesEqual(this.#previous, this.#storedPrevious))
      return leaf;
    const other = this.#leafAfter(this.#storedPrevious, entry, recordedAt);
    return hashesEqual(other, entry.leaf_hash) ? other : leaf;
  }

  #leafAfter(previous: Uint8Array, entry: EntryRow, recordedAt: string): Uint8Array {
    const { digest, index } = entry;
    try {
      return this.#hasher.leafHash({ digest, index: Number(index), previous, recordedAt });
    } catch {
      // What no longer has the form of an entry has no leaf hash, and no stored one is equal to this.
      return LOST;
    }
  }

  #checkDigest({ index, entry, statement }: LedgerRow): boolean {
    if (!statement) this.#tell('missing', 'statement', index, 'The statement is gone.');
    if (!statement || !entry) return false;
    // Nothing can be decided at what is no time; that it is none was told with the leaf hash.
    if (typeof entry.recorded_at === 'number') return false;
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
