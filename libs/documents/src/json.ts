import { isCanonicalTree } from './json-limits.js';
import { readJson } from './json-reader.js';
import { decodeUtf8 } from './utf8.js';

/** Any JSON value (RFC 8259); objects are plain and carry no `__proto__` name. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A document as read: its value, and whether its bytes were seen to be RFC 8785 canonical. */
export interface ParsedJson {
  value: Json;
  canonical: boolean;
}

/**
 * Reads strict I-JSON (RFC 7493) from exact bytes: UTF-8 without BOM, no duplicate names, no lone
 * surrogates, no `__proto__`, depth ≤ 32, safe numbers, no −0, nothing after the document.
 * Throws `malformed-json` with the byte, line and column.
 */
export function parseJson(bytes: Uint8Array): Json {
  return parseJsonText(bytes).value;
}

/** As `parseJson`, and says whether the bytes were canonical so that nobody checks it twice. */
export function parseJsonText(bytes: Uint8Array): ParsedJson {
  const text = decodeUtf8(bytes);
  const value = parseCanonicalText(text);
  if (value !== undefined) return { value, canonical: true };
  return { value: readJson(text) as Json, canonical: false };
}

/**
 * The fast road for canonical text, which is nearly all that arrives. If V8's parse and stringify
 * give back the very text, then it had no white space, no duplicate name, no −0, no infinity and no
 * needless escape; what is left to see is the order of names, depth, safe numbers and the two
 * things that survive the round trip. Anything else takes the exact reader, which knows why.
 */
function parseCanonicalText(text: string): Json | undefined {
  if (text.includes('\\ud')) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return JSON.stringify(value) === text && isCanonicalTree(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
