import type pg from 'pg';
import type { EntryRow } from '../reader/entry-row.js';

/** A statement's columns, beside those of its entry. */
export interface StoredStatement {
  identity: Buffer;
  type: string;
  bytes: Buffer;
  /** Null when there are none, or they were erased. */
  disclosures: Buffer | null;
}

/** What the tables hold for one index; a row that is not there is undefined. */
export interface LedgerRow {
  index: number;
  entry: EntryRow | undefined;
  statement: StoredStatement | undefined;
}

/** Rows in one page, read by one short query: long snapshots would slow the head's updates. */
export const PAGE_SIZE = 512;

type Columns = { [K in keyof EntryRow]: EntryRow[K] } & {
  [K in keyof StoredStatement]: StoredStatement[K] | null;
};

/** Said of each table apart, so that each is read by its key and none is scanned. */
const PAGE = 'origin = $1 AND index >= $2::bigint AND index < $3::bigint';

/** The rows for the indexes from `first` up to `end`, which is out: every index, rows or none. */
export async function readLedgerPage(
  client: pg.ClientBase,
  origin: string,
  first: number,
  end: number,
): Promise<LedgerRow[]> {
  const { rows } = await client.query<Columns>({
    name: 'ledger page',
    text: `SELECT n.index, e.leaf_hash, e.digest, e.recorded_at, s.identity, s.type, s.bytes,
        d.bytes AS disclosures
      FROM generate_series($2::bigint, $3::bigint - 1) AS n(index)
      LEFT JOIN (SELECT * FROM entry WHERE ${PAGE}) e ON e.index = n.index
      LEFT JOIN (SELECT * FROM statement WHERE ${PAGE}) s ON s.index = n.index
      LEFT JOIN (SELECT * FROM disclosure WHERE ${PAGE}) d ON d.index = n.index
      ORDER BY n.index`,
    values: [origin, first, end],
  });
  return rows.map((row) => {
    const { index, leaf_hash, digest, recorded_at, identity, type, bytes, disclosures } = row;
    return {
      index: Number(index),
      entry: leaf_hash === null ? undefined : { index, leaf_hash, digest, recorded_at },
      statement:
        bytes === null ? undefined : { identity: identity!, type: type!, bytes, disclosures },
    };
  });
}
