import { toHex } from '#lib/documents';
import { HASH_SIZE, type Entry } from '#lib/tlog';

/** A row of `entry`, as `pg` reads it. */
export interface EntryRow {
  index: string;
  leaf_hash: Buffer;
  digest: Buffer;
  recorded_at: Date;
}

/** What the first entry names as the leaf hash before it. */
export const NO_LEAF_HASH = new Uint8Array(HASH_SIZE);

/** The entry in a row, after the one whose leaf hash is `previous` (32 bytes). */
export function entryOf(origin: string, row: EntryRow, previous: Uint8Array): Entry {
  return {
    digest: toHex(row.digest),
    index: Number(row.index),
    origin,
    previous: toHex(previous),
    recordedAt: row.recorded_at.toISOString(),
  };
}
