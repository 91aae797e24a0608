import { refuse } from '#lib/problem';
import { TILE_WIDTH } from './tile.js';

/** Octets that an entry may have: its length is written in 16 bits (C2SP tlog-tiles, Log entries). */
export const MAX_ENTRY_SIZE = 0xffff;

const LENGTH_SIZE = 2;

/**
 * An entry bundle: each entry behind its length as a big-endian uint16 (C2SP tlog-tiles, Log
 * entries). Entries that do not fit the format are a fault of the log, and throw a RangeError.
 */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH) {
    throw new RangeError(`An entry bundle holds 1 to ${TILE_WIDTH} entries, not ${entries.length}`);
  }
  const size = entries.reduce((sum, entry) => sum + LENGTH_SIZE + entry.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_SIZE) {
      throw new RangeError(`An entry has at most ${MAX_ENTRY_SIZE} bytes, not ${entry.length}`);
    }
    view.setUint16(offset, entry.length);
    bytes.set(entry, offset + LENGTH_SIZE);
    offset += LENGTH_SIZE + entry.length;
  }
  return bytes;
}

/** The entries of a bundle, 1 … 256; a truncated or overlong one is refused as `malformed-tile`. */
export function parseEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    // The length is the server's word: never read past what it really sent.
    const start = offset + LENGTH_SIZE;
    if (start > bytes.length) throw malformed('ends within a length');
    const end = start + view.getUint16(offset);
    if (end > bytes.length) throw malformed('ends within an entry');
    entries.push(bytes.subarray(start, end));
    if (entries.length > TILE_WIDTH) throw malformed(`holds more than ${TILE_WIDTH} entries`);
    offset = end;
  }
  if (entries.length === 0) throw malformed('is empty');
  return entries;
}

const malformed = (why: string) => refuse('malformed-tile', `The entry bundle ${why}.`);
