const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The value of each digit by its character code; anything else has bits that none has. */
const NO_DIGIT = 0xff;
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (const [value, digit] of [...ALPHABET].entries()) VALUES[digit.charCodeAt(0)] = value;

/**
 * The bytes of base64 with padding (RFC 4648 §4), or undefined when the text is none, or is another
 * spelling than its own: with white space, without padding, with bits that belong to no byte (§3.5).
 * By a table: a bundle is base64 for the most part, and to carry bits from list to list costs ten times
 * as much; what platforms have built in forgives more, and so must be written back to be compared.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const whole = padding === 0 ? text.length : text.length - 4;
  let seen = 0;
  let at = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = valueAt(text, i);
    const b = valueAt(text, i + 1);
    const c = valueAt(text, i + 2);
    const d = valueAt(text, i + 3);
    seen |= a | b | c | d;
    bytes[at++] = (a << 2) | (b >> 4);
    bytes[at++] = (b << 4) | (c >> 2);
    bytes[at++] = (c << 6) | d;
  }
  if (padding > 0) seen |= readLast(text, padding, bytes);
  return seen >= ALPHABET.length ? undefined : bytes;
}

/** The one or two bytes before padding. Returns the digits' bits, or those of none for bits left over. */
function readLast(text: string, padding: number, bytes: Uint8Array): number {
  const a = valueAt(text, text.length - 4);
  const b = valueAt(text, text.length - 3);
  const c = padding === 2 ? 0 : valueAt(text, text.length - 2);
  const first = bytes.length - (3 - padding);
  bytes[first] = (a << 2) | (b >> 4);
  if (padding === 1) bytes[first + 1] = (b << 4) | (c >> 2);
  const left = padding === 2 ? b & 0x0f : c & 0x03;
  return left === 0 ? a | b | c : NO_DIGIT;
}

function valueAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  return code < VALUES.length ? VALUES[code]! : NO_DIGIT;
}
