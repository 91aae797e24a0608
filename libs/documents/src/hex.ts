const DIGITS = '0123456789abcdef';
const ASCII = new TextDecoder('latin1');

/** The value of each lowercase digit by its character code; anything else has a bit that none has. */
const NO_DIGIT = 0x10;
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (const [value, digit] of [...DIGITS].entries()) VALUES[digit.charCodeAt(0)] = value;

/**
 * Bytes as lowercase hexadecimal, the form of every digest in a document. Decoded in one piece: text
 * that is put together digit by digit costs four times as much, and again when it is first read.
 */
export function toHex(bytes: Uint8Array): string {
  const codes = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    codes[2 * i] = DIGITS.charCodeAt(bytes[i]! >> 4);
    codes[2 * i + 1] = DIGITS.charCodeAt(bytes[i]! & 15);
  }
  return ASCII.decode(codes);
}

/** The bytes of lowercase hexadecimal; an upper-case digit or an odd length is a fault (TypeError). */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let seen = text.length % 2 === 0 ? 0 : NO_DIGIT;
  for (let i = 0; i < bytes.length; i++) {
    const high = valueAt(text, 2 * i);
    const low = valueAt(text, 2 * i + 1);
    seen |= high | low;
    bytes[i] = (high << 4) | low;
  }
  if (seen >= NO_DIGIT) throw new TypeError('Not lowercase hexadecimal of whole bytes');
  return bytes;
}

function valueAt(text: string, i: number): number {
  return VALUES[text.charCodeAt(i)] ?? NO_DIGIT;
}
