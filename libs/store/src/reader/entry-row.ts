import { toHex } from '#lib/documents';
import { HASH_SIZE, type Entry } from '#lib/tlog';

/** A row of `entry`, as `pg` reads it. */
export interface EntryRow {
  index: string;
  leaf_hash: Buffer;
  digest: Buffer;
  /** PostgreSQL's `infinity` is a number to `pg`; nobody but a forger records at such a time. */
  recorded_at: Date | number;
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
    recordedAt: recordedAtOf(row),
  };
}

let lastTime = NaN;
let lastText = '';

/**
 * When an entry was recorded, RFC 3339; all entries of a batch have one time, written once. What is
 * no time gives text that no entry can hold.
 */
export function recordedAtOf({ recorded_at }: Pick<EntryRow, 'recorded_at'>): string {
  if (typeof recorded_at === 'number') return String(recorded_at);
  const time = recorded_at.getTime();
  if (time !== lastTime) [lastTime, lastText] = [time, recorded_at.toISOString()];
  return lastText;
}
