const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const LOWERCASE_HEX = /^(?:[0-9a-f]{2})*$/;

const VALUES = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) VALUES[digit.charCodeAt(0)] = value;

/** Bytes as lowercase hexadecimal, the form of every digest in a document. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += DIGITS[bytes[i]!]!;
  return text;
}

/** The bytes of lowercase hexadecimal; an upper-case digit or an odd length is a fault (TypeError). */
export function fromHex(text: string): Uint8Array {
  if (!LOWERCASE_HEX.test(text)) throw new TypeError('Not lowercase hexadecimal of whole bytes');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = (VALUES[text.charCodeAt(2 * i)]! << 4) | VALUES[text.charCodeAt(2 * i + 1)]!;
  return bytes;
}
