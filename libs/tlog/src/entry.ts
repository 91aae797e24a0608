import { canonicalize, parseJsonText, requireCanonical, toHex, type Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isOrigin } from './checkpoint.js';
import { leafHash } from './tree-hash.js';

/**
 * One entry of the ledger: what a leaf commits to and the log publishes. Who said what stays out of
 * it; `digest` names the statement. The chain is inside the leaf, and so inside the tree: it is never
 * a second anchor beside the root hash.
 */
export interface Entry {
  /** SHA-256 of the statement's exact bytes: 64 lowercase hex. */
  digest: string;
  /** The leaf's index, from 0. */
  index: number;
  /** The log's identity, as in its checkpoints. */
  origin: string;
  /** The leaf hash of the entry before, 64 lowercase hex; 64 zeros at index 0. */
  previous: string;
  /** UTC in milliseconds, as in `2026-11-22T02:38:25.123Z`; never earlier than the entry before. */
  recordedAt: string;
}

/** `previous` of the entry at index 0, which has none before it. */
export const NO_PREVIOUS = '0'.repeat(64);

const DIGEST = /^[0-9a-f]{64}$/;
const UTC_MILLISECONDS = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
const encoder = new TextEncoder();
const FIELDS = ['digest', 'index', 'origin', 'previous', 'recordedAt'];

/** The exact bytes of an entry, which `leafHash` hashes: RFC 8785 of its five fields. */
export function formatEntry(entry: Entry): Uint8Array {
  const { digest, index, origin, previous, recordedAt } = requireFields(entry);
  // The names are in order, and only the origin can hold what JSON must escape.
  return encoder.encode(
    `{"digest":"${digest}","index":${index},"origin":${canonicalize(origin)},"previous":"${previous}","recordedAt":"${recordedAt}"}`,
  );
}

/**
 * Reads an entry. Only the exact bytes that `formatEntry` writes are one: otherwise throws
 * `malformed-json`, `not-canonical` or `schema-violation`.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  const { value, canonical } = parseJsonText(bytes);
  const entry = requireEntry(value);
  if (!canonical) requireCanonical(bytes, value);
  return entry;
}

/** Where a stretch of the chain begins: what the verifier already holds as true. */
export interface ChainStart {
  origin: string;
  /** The index of the first entry given. */
  index: number;
  /** Hex leaf hash of the entry before; `NO_PREVIOUS` at index 0. */
  previous: string;
  /** Recording time of the entry before, if it is known. */
  recordedAt?: string;
}

/**
 * Verifies that entries, as exact bytes, follow one another: one origin, indices without a gap, each
 * naming the leaf hash of the one before, recording times never running backwards. Returns the start
 * of the next stretch. Throws `chain-invalid`, or what `parseEntry` throws.
 */
export function verifyChain(
  sha256: Sha256,
  start: ChainStart,
  entries: readonly Uint8Array[],
): ChainStart {
  let expected = start;
  for (const bytes of entries) {
    const entry = parseEntry(bytes);
    requireNext(expected, entry);
    expected = {
      origin: entry.origin,
      index: entry.index + 1,
      previous: toHex(leafHash(sha256, bytes)),
      recordedAt: entry.recordedAt,
    };
  }
  return expected;
}

function requireNext(expected: ChainStart, entry: Entry): void {
  const broken = (why: string) =>
    refuse('chain-invalid', `The chain breaks at index ${expected.index}: ${why}.`, undefined, {
      extensions: { index: expected.index },
    });
  if (entry.origin !== expected.origin) throw broken(`the entry is of "${entry.origin}"`);
  if (entry.index !== expected.index) throw broken(`the entry says that it is ${entry.index}`);
  if (entry.previous !== expected.previous) throw broken('it names another entry before it');
  if (expected.recordedAt !== undefined && entry.recordedAt < expected.recordedAt) {
    throw broken('it was recorded before the entry before it');
  }
}

function requireEntry(value: unknown): Entry {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('schema-violation', 'An entry is a JSON object.', '');
  }
  if (Object.keys(value).some((name) => !FIELDS.includes(name))) {
    throw refuse('schema-violation', `An entry has only ${FIELDS.join(', ')}.`);
  }
  return requireFields(value);
}

function requireFields(value: Partial<Entry>): Entry {
  const { digest, index, origin, previous, recordedAt } = value;
  if (typeof digest !== 'string' || !DIGEST.test(digest)) {
    throw refuse('schema-violation', 'The digest is not 64 lowercase hex.', '/digest');
  }
  requireIndex(index);
  if (typeof origin !== 'string' || !isOrigin(origin)) {
    throw refuse('schema-violation', 'The origin is not one line of text.', '/origin');
  }
  if (typeof previous !== 'string' || !DIGEST.test(previous)) {
    throw refuse('schema-violation', 'The previous hash is not 64 lowercase hex.', '/previous');
  }
  requireStart(index, previous === NO_PREVIOUS);
  requireTime(recordedAt);
  return { digest, index, origin, previous, recordedAt };
}

/** Throws `schema-violation` unless a value is an entry's index, which JSON writes in digits alone. */
export function requireIndex(index: unknown): asserts index is number {
  if (!Number.isSafeInteger(index) || (index as number) < 0 || Object.is(index, -0)) {
    throw refuse('schema-violation', 'The index is not an integer from 0 to 2^53 - 1.', '/index');
  }
}

/** Throws `schema-violation` unless the entry at index 0, and no other, names none before it. */
export function requireStart(index: number, namesNone: boolean): void {
  if (namesNone !== (index === 0)) {
    throw refuse('schema-violation', 'Only the entry at index 0 has none before it.', '/previous');
  }
}

/** Throws `schema-violation` unless a value is a real instant, UTC, in the one spelling. */
export function requireTime(time: unknown): asserts time is string {
  if (typeof time !== 'string' || !isUtcMilliseconds(time)) {
    throw refuse('schema-violation', 'The time is not UTC in milliseconds.', '/recordedAt');
  }
}

/** The time that was looked at last, which was one: all entries of a batch have the same. */
let lastTime = '';

/** A real instant in the one spelling, so that comparing text compares time. */
function isUtcMilliseconds(text: string): boolean {
  if (text === lastTime) return true;
  if (!UTC_MILLISECONDS.test(text)) return false;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) return false;
  lastTime = text;
  return true;
}
