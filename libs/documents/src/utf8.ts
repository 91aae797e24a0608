import { refuse } from '#lib/problem';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes (RFC 3629); an invalid sequence or a BOM is `malformed-json`. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    const offset = firstInvalidByte(bytes);
    throw refuse('malformed-json', `Byte ${offset} is not valid UTF-8.`, undefined, {
      extensions: { offset },
    });
  }
  if (text.charCodeAt(0) === 0xfeff)
    throw refuse('malformed-json', 'The document begins with a byte order mark.', undefined, {
      extensions: { offset: 0 },
    });
  return text;
}

/** Bisects for the byte at which the sequence stops being UTF-8; only ever on refused input. */
function firstInvalidByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (isUtf8Prefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
