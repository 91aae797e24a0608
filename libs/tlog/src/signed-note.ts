import { fromBase64, fromHex, toHex } from '#lib/documents';
import { refuse } from '#lib/problem';
import { decodeText, formatBase64, isLonger, type TextSource } from './note-text.js';
import { isKeyName } from './verifier-key.js';

/** One signature line of a note; whose it really is, only `openNote` finds out. */
export interface NoteSignature {
  name: string;
  /** 8 lowercase hex digits. */
  keyId: string;
  /** What follows the key id; its form depends on the signature type. */
  signature: Uint8Array;
}

/** Text and the signatures beside it (C2SP signed-note v1.0.0, Format); none of it is verified yet. */
export interface SignedNote {
  /** Includes its final newline. */
  text: string;
  signatures: NoteSignature[];
}

/** Octets that a note may have: room for a log's signatures and those of a hundred witnesses. */
export const MAX_NOTE_SIZE = 65_536;

/** Signature lines that a note may have. The specification asks for 16 at least. */
export const MAX_NOTE_SIGNATURES = 100;

const DASH = '\u2014 ';
const KEY_ID_SIZE = 4;

/** Splits a signed note; `malformed-note` unless it follows the format to the byte. */
export function parseNote(source: TextSource): SignedNote {
  const note = decodeText(source);
  if (note === undefined) throw malformed('it is not UTF-8, or holds control characters');
  if (isLonger(note, MAX_NOTE_SIZE)) throw malformed(`over ${MAX_NOTE_SIZE} bytes`);
  // "The text is separated from the signatures by the last empty line in the note."
  const separator = note.lastIndexOf('\n\n');
  if (separator < 0) throw malformed('no empty line separates text and signatures');
  return {
    text: note.slice(0, separator + 1),
    signatures: parseSignatureLines(note.slice(separator + 2)),
  };
}

/** The note as text, byte for byte what `parseNote` reads back; `malformed-note` if it could not. */
export function formatNote({ text, signatures }: SignedNote): string {
  const note = `${text}\n${formatSignatureLines(signatures)}`;
  // Text that ends in an empty line, or a name with a space, would be read as another note.
  if (parseNote(note).text !== text) throw malformed('its text does not end in one newline');
  return note;
}

/**
 * Reads 1 … 100 signature lines `— <name> <base64(key id || signature)>`: the end of a note, and
 * the whole of a witness's answer (C2SP tlog-witness). Anything else is a `malformed-note`.
 */
export function parseSignatureLines(source: TextSource): NoteSignature[] {
  const text = decodeText(source);
  if (text === undefined) throw malformed('it is not UTF-8, or holds control characters');
  if (!text.endsWith('\n')) throw malformed('the last signature line does not end in a newline');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) {
    throw malformed(`it has more than ${MAX_NOTE_SIGNATURES} signatures`);
  }
  return lines.map(parseSignatureLine);
}

/** Signature lines as text, each with its newline. */
export function formatSignatureLines(signatures: readonly NoteSignature[]): string {
  return signatures
    .map(({ name, keyId, signature }) => {
      const bytes = Uint8Array.of(...fromHex(keyId), ...signature);
      return `${DASH}${name} ${formatBase64(bytes)}\n`;
    })
    .join('');
}

function parseSignatureLine(line: string): NoteSignature {
  const [name, encoded, ...rest] = line.slice(DASH.length).split(' ');
  const bytes = fromBase64(encoded ?? '');
  if (
    !line.startsWith(DASH) ||
    name === undefined ||
    !isKeyName(name) ||
    bytes === undefined ||
    bytes.length <= KEY_ID_SIZE ||
    rest.length > 0
  ) {
    throw malformed(`"${line.slice(0, 100)}" is not a signature line`);
  }
  return {
    name,
    keyId: toHex(bytes.subarray(0, KEY_ID_SIZE)),
    signature: bytes.slice(KEY_ID_SIZE),
  };
}

const malformed = (why: string) => refuse('malformed-note', `This is not a signed note: ${why}.`);
