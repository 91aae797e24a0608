import { base64 } from '@scure/base';
import { fromBase64 } from '#lib/documents';
import { HASH_SIZE } from './tree-hash.js';

/** A document as it arrives: exact bytes, or text that was already decoded from UTF-8. */
export type TextSource = Uint8Array | string;

const encoder = new TextEncoder();
/** Text that has nothing to look for: no control character but newline, and no surrogate at all. */
const PLAIN = /^[\n -\ud7ff\ue000-\uffff]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;
// "MUST NOT contain any ASCII control characters (those below U+0020) other than newline."
const FIRST_PRINTABLE = 0x20;
const NEWLINE = 0x0a;

/** The UTF-8 bytes of text. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The text of bytes that are valid UTF-8 without ASCII control characters other than newline, as
 * the C2SP formats demand, or undefined. A byte order mark stays, and so becomes part of a line.
 */
export function decodeText(source: TextSource): string | undefined {
  const text = typeof source === 'string' ? source : decodeUtf8(source);
  if (text === undefined || PLAIN.test(text)) return text;
  if (LONE_SURROGATE.test(text)) return undefined;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST_PRINTABLE && code !== NEWLINE) return undefined;
  }
  return text;
}

/** Whether text has more UTF-8 octets than that: most is so short that nobody need count them. */
export function isLonger(text: string, octets: number): boolean {
  return 3 * text.length > octets && encodeText(text).length > octets;
}

/** The octets of a document, whichever way it came. */
export function sourceBytes(source: TextSource): Uint8Array {
  return typeof source === 'string' ? encodeText(source) : source;
}

/**
 * A number "in ASCII decimal with no leading zeroes", from 0 to 2^53 - 1, or undefined. The formats
 * allow up to 2^64 - 1; no log of this kind comes near, and a number beyond 2^53 is not exact here.
 */
export function parseDecimal(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Standard base64 with padding (RFC 4648 §4). */
export function formatBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** The 32 bytes of a hash in base64, or undefined. */
export function parseHash(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text);
  return bytes?.length === HASH_SIZE ? bytes : undefined;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
