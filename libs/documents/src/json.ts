import { refuse } from '#lib/problem';
import { hasCanonicalLength } from './canonical-length.js';
import { isCanonicalTree, MAX_VALUES } from './json-limits.js';
import { readJson } from './json-reader.js';
import { decodeUtf8 } from './utf8.js';

const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;

/** Any JSON value (RFC 8259); objects are plain and carry no `__proto__` name. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A document as read: its value, and whether its bytes were seen to be RFC 8785 canonical. */
export interface ParsedJson {
  value: Json;
  canonical: boolean;
}

/**
 * Reads strict I-JSON (RFC 7493) from exact bytes: UTF-8 without BOM, no duplicate names, no lone
 * surrogates, no `__proto__`, depth ≤ 32, at most 1,024 names in an object and 250,000 values in
 * all, safe numbers, no −0, nothing after the document. Throws `malformed-json` with the byte.
 */
export function parseJson(bytes: Uint8Array): Json {
  return parseJsonText(bytes).value;
}

/** As `parseJson`, and says whether the bytes were canonical so that nobody checks it twice. */
export function parseJsonText(bytes: Uint8Array): ParsedJson {
  requireFewValues(bytes);
  const text = decodeUtf8(bytes);
  const value = parseCanonicalText(text);
  if (value !== undefined) return { value, canonical: true };
  return { value: readJson(text) as Json, canonical: false };
}

/**
 * Counts before anything is built from the bytes: a few megabytes of `[[],[],…` would keep everybody
 * else waiting. Marks inside strings are counted as well; no document of ours comes near.
 */
function requireFewValues(bytes: Uint8Array): void {
  if (bytes.length <= MAX_VALUES) return;
  let marks = 0;
  for (let offset = 0; offset < bytes.length; offset++) {
    const byte = bytes[offset];
    if (byte !== COMMA && byte !== OPENING_BRACKET && byte !== OPENING_BRACE) continue;
    if (++marks > MAX_VALUES)
      throw refuse(
        'malformed-json',
        `Byte ${offset} begins more than ${MAX_VALUES} values: so many are not read.`,
        undefined,
        { extensions: { offset } },
      );
  }
}

/**
 * The fast road for canonical text, which is nearly all that arrives: read by V8, and known to be
 * canonical by its length. Anything else is written again or takes the exact reader, which knows why.
 */
function parseCanonicalText(text: string): Json | undefined {
  if (text.includes('\\ud')) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return hasCanonicalLength(text, value) || isWrittenSo(value, text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * If V8's parse and stringify give back the very text, then it had no white space, no duplicate name,
 * no −0, no infinity and no needless escape; what is left to see is the order of names, depth, safe
 * numbers and the two things that survive the round trip.
 */
function isWrittenSo(value: Json, text: string): boolean {
  return isCanonicalTree(value) && JSON.stringify(value) === text;
}
