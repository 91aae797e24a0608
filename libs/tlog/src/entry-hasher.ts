import { canonicalize, type Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isOrigin } from './checkpoint.js';
import { requireIndex, requireStart, requireTime } from './entry.js';
import { HASH_SIZE } from './tree-hash.js';

/** What one entry adds to its log, as a store holds it: hashes as bytes, and not as their hex. */
export interface EntryParts {
  /** SHA-256 of the statement's exact bytes: 32 bytes. */
  digest: Uint8Array;
  /** The leaf's index, from 0. */
  index: number;
  /** The leaf hash of the entry before, 32 bytes; all zero at index 0. */
  previous: Uint8Array;
  /** UTC in milliseconds, as in `2026-11-22T02:38:25.123Z`. */
  recordedAt: string;
}

const DIGITS = ascii('0123456789abcdef');
const ZERO = DIGITS[0]!;
/** The two digits of each byte, as one little-endian number: written at once. */
const PAIRS = Uint16Array.from(
  { length: 256 },
  (_, byte) => DIGITS[byte >> 4]! | (DIGITS[byte & 15]! << 8),
);

/**
 * Hashes the entries of one log, as `leafHash` of `formatEntry` does. From one entry to the next only
 * hashes and digits change, so the leaf is kept and those are written into it: to put each together
 * as text would take as long as to hash it.
 */
export class EntryHasher {
  readonly #origin: string;
  /** `0x00 || entry` (RFC 6962 §2.1) for an index of so many digits, and where its parts lie. */
  #leaf: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer());
  #indexDigits = 0;
  #previousAt = 0;
  #timeAt = 0;
  #time = '';

  /** Throws `schema-violation` when no log can have that origin. */
  constructor(
    private readonly sha256: Sha256,
    origin: string,
  ) {
    if (!isOrigin(origin))
      throw refuse('schema-violation', 'The origin is not one line of text.', '/origin');
    this.#origin = canonicalize(origin);
  }

  /** The 32-byte leaf hash. Throws `schema-violation` for parts that `formatEntry` would refuse. */
  leafHash({ digest, index, previous, recordedAt }: EntryParts): Uint8Array {
    requireHash(digest, '/digest');
    requireIndex(index);
    requireHash(previous, '/previous');
    requireStart(index, isZero(previous));
    const digits = digitsOf(index);
    if (digits !== this.#indexDigits) this.#layOut(digits);
    if (recordedAt !== this.#time) this.#setTime(recordedAt);
    writeHex(this.#view, DIGEST_AT, digest);
    writeDecimal(this.#leaf, INDEX_AT, digits, index);
    writeHex(this.#view, this.#previousAt, previous);
    return this.sha256(this.#leaf);
  }

  #layOut(indexDigits: number): void {
    const hex = '0'.repeat(2 * HASH_SIZE);
    const untilPrevious = `${UNTIL_INDEX}${'0'.repeat(indexDigits)},"origin":${this.#origin},"previous":"`;
    const untilTime = `${untilPrevious}${hex}","recordedAt":"`;
    this.#leaf = utf8(`${untilTime}${NO_TIME}"}`);
    this.#view = new DataView(this.#leaf.buffer, this.#leaf.byteOffset, this.#leaf.length);
    this.#indexDigits = indexDigits;
    this.#previousAt = utf8(untilPrevious).length;
    this.#timeAt = utf8(untilTime).length;
    this.#time = '';
  }

  #setTime(time: string): void {
    requireTime(time);
    this.#leaf.set(ascii(time), this.#timeAt);
    this.#time = time;
  }
}

/** What every leaf begins with: its prefix octet, which is U+0000 in text as well. */
const UNTIL_DIGEST = '\0{"digest":"';
const UNTIL_INDEX = `${UNTIL_DIGEST}${'0'.repeat(2 * HASH_SIZE)}","index":`;
const DIGEST_AT = UNTIL_DIGEST.length;
const INDEX_AT = UNTIL_INDEX.length;
const NO_TIME = '0000-00-00T00:00:00.000Z';

function requireHash(hash: Uint8Array, pointer: string): void {
  if (hash.length !== HASH_SIZE)
    throw refuse('schema-violation', `The hash is not ${HASH_SIZE} bytes.`, pointer);
}

function isZero(hash: Uint8Array): boolean {
  for (const byte of hash) if (byte !== 0) return false;
  return true;
}

function digitsOf(index: number): number {
  let digits = 1;
  for (let power = 10; index >= power; power *= 10) digits++;
  return digits;
}

function writeDecimal(into: Uint8Array, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const higher = Math.floor(rest / 10);
    into[i] = ZERO + (rest - 10 * higher);
    rest = higher;
  }
}

function writeHex(into: DataView, at: number, bytes: Uint8Array): void {
  for (let i = 0; i < HASH_SIZE; i++) into.setUint16(at + 2 * i, PAIRS[bytes[i]!]!, true);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
