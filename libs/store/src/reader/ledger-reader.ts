import type pg from 'pg';
import { type Json, fromHex, toHex } from '#lib/documents';
import { refuse } from '#lib/problem';
import { formatEntry, hashesEqual, leafHash } from '#lib/tlog';
import { readProven } from '../database-failure.js';
import { originsOf, type FaultListener, type Log } from '../ledger.js';
import { type EntryRow, NO_LEAF_HASH, entryOf } from './entry-row.js';

/** A statement as it was recorded; its bytes have been hashed again up to its leaf. */
export interface RecordedStatement {
  origin: string;
  index: number;
  type: string;
  /** SHA-256 of `bytes`, 64 lowercase hex. */
  digest: string;
  /** 64 lowercase hex. */
  identity: string;
  /** RFC 3339 UTC with milliseconds. */
  recordedAt: string;
  /** The statement's exact bytes. */
  bytes: Uint8Array;
  /** RFC 8785 bytes of the disclosures; null when there are none, or they were erased. */
  disclosures: Uint8Array | null;
}

/** One page of what touched a key in one log: at most `limit` entries, from index `from` on. */
export interface HistoryPage {
  /** Of the log; the newest unless said otherwise. */
  origin?: string;
  from?: number;
  limit?: number;
}

interface StatementRow extends EntryRow {
  origin: string;
  identity: Buffer;
  type: string;
  bytes: Buffer;
  disclosures: Buffer | null;
  previous: Buffer | null;
}

const STATEMENT = `SELECT e.origin, e.index, e.leaf_hash, e.digest, e.recorded_at, s.identity, s.type, s.bytes,
    d.bytes AS disclosures, p.leaf_hash AS previous
  FROM entry e
  JOIN statement s ON s.origin = e.origin AND s.index = e.index
  LEFT JOIN entry p ON p.origin = e.origin AND p.index = e.index - 1
  LEFT JOIN disclosure d ON d.origin = e.origin AND d.index = e.index
  WHERE e.origin = ANY($1::text[])`;

/** What the ledger holds: statements, evidence, and what `apply` has made of them so far. */
export class LedgerReader {
  constructor(
    private readonly pool: pg.Pool,
    private readonly log: Pick<Log, 'origin' | 'crypto' | 'predecessors'>,
    private readonly onFault: FaultListener,
  ) {}

  /** The log and those before it, the oldest first: what the readers below look through. */
  get origins(): string[] {
    return originsOf(this.log);
  }

  /** The statement of those exact bytes; undefined when there is none. */
  async statementByDigest(digest: string): Promise<RecordedStatement | undefined> {
    const [found] = await this.#statements('e.digest = $2', fromHex(digest));
    if (found && found.digest !== digest)
      throw refuse('internal', 'The index of digests is broken.');
    return found;
  }

  /** The statement recorded under that identity; undefined when there is none. */
  async statementByIdentity(identity: string): Promise<RecordedStatement | undefined> {
    const [found] = await this.#statements('s.identity = $2', fromHex(identity));
    return found;
  }

  /** The statements at those indexes of one log, in order; those beyond the end are left out. */
  async statementsAt(
    indexes: readonly number[],
    origin = this.log.origin,
  ): Promise<RecordedStatement[]> {
    const where = 'e.index = ANY($2::bigint[]) ORDER BY e.index';
    return this.#statements(where, [...indexes], [origin]);
  }

  /** The indexes of the entries of one log that touched a state key, oldest first. */
  async history(key: string, page: HistoryPage = {}): Promise<number[]> {
    const { origin = this.log.origin, from = 0, limit = 100 } = page;
    const rows = await this.#rows<{ index: string }>(
      `SELECT index FROM mention WHERE key = $1 AND origin = $2 AND index >= $3
       ORDER BY index LIMIT $4`,
      [key, origin, from, limit],
    );
    return rows.map(({ index }) => Number(index));
  }

  /** The value of a state key, as of the last commit; undefined when there is none. */
  async state(key: string): Promise<Json | undefined> {
    return (await this.states([key])).get(key);
  }

  /** The values of several state keys, read at one moment; those without a value are left out. */
  async states(keys: readonly string[]): Promise<Map<string, Json>> {
    // PostgreSQL's text cannot hold NUL: it faults at such a name, under which nothing can stand.
    const possible = keys.filter((key) => !key.includes('\0'));
    const rows = await this.#rows<{ key: string; value: string }>(
      'SELECT key, value FROM state WHERE key = ANY($1::text[])',
      [possible],
    );
    return new Map(rows.map(({ key, value }) => [key, JSON.parse(value) as Json]));
  }

  /**
   * Every value of one kind of state by its key, as of the last commit: `certificate` gives those
   * whose keys begin with `certificate:`.
   */
  async statesOfKind(kind: string): Promise<Json[]> {
    // The column sorts by code units in any locale, and `;` follows `:`: one range of its index.
    const rows = await this.#rows<{ value: string }>(
      'SELECT value FROM state WHERE key >= $1 AND key < $2 ORDER BY key',
      [`${kind}:`, `${kind};`],
    );
    return rows.map(({ value }) => JSON.parse(value) as Json);
  }

  /** A cited document, hashed again; undefined when the ledger does not hold it. */
  async evidence(digest: string): Promise<Uint8Array | undefined> {
    const [row] = await this.#rows<{ bytes: Buffer }>(
      'SELECT bytes FROM evidence WHERE digest = $1',
      [Buffer.from(fromHex(digest))],
    );
    return readProven(this.onFault, async () => {
      if (row && toHex(this.log.crypto.sha256(row.bytes)) !== digest)
        throw new Error(`Evidence ${digest} has other bytes now`);
      return row?.bytes;
    });
  }

  async #statements(
    where: string,
    value: unknown,
    origins = this.origins,
  ): Promise<RecordedStatement[]> {
    const rows = await this.#rows<StatementRow>(`${STATEMENT} AND ${where}`, [
      origins,
      value instanceof Uint8Array ? Buffer.from(value) : value,
    ]);
    return readProven(this.onFault, async () => rows.map((row) => this.#prove(row)));
  }

  #prove(row: StatementRow): RecordedStatement {
    const { sha256 } = this.log.crypto;
    const entry = entryOf(row.origin, row, row.previous ?? NO_LEAF_HASH);
    if (toHex(sha256(row.bytes)) !== entry.digest)
      throw new Error(`Statement ${row.index} has other bytes than its entry says`);
    if (!hashesEqual(leafHash(sha256, formatEntry(entry)), row.leaf_hash))
      throw new Error(`Entry ${row.index} has lost its leaf hash`);
    return {
      origin: row.origin,
      index: entry.index,
      type: row.type,
      digest: entry.digest,
      identity: toHex(row.identity),
      recordedAt: entry.recordedAt,
      bytes: row.bytes,
      disclosures: row.disclosures,
    };
  }

  #rows<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    return readProven(this.onFault, async () => (await this.pool.query<Row>(text, values)).rows);
  }
}
