import { refuse } from '#lib/problem';
import { parseCheckpoint } from './checkpoint.js';
import {
  decodeText,
  encodeText,
  formatBase64,
  parseDecimal,
  parseHash,
  type TextSource,
} from './note-text.js';
import { MAX_NOTE_SIZE, parseNote } from './signed-note.js';

/** What a log asks of a witness (C2SP tlog-witness v1.0.0, add-checkpoint). */
export interface AddCheckpoint {
  /** The size of the tree that the witness, as the log believes, cosigned last; 0 if none. */
  oldSize: number;
  /** RFC 6962 §2.1.2, from the old size to the checkpoint's; at most 63 hashes of 32 bytes. */
  proof: readonly Uint8Array[];
  /** The checkpoint note verbatim. */
  note: string;
}

const MAX_PROOF_LINES = 63;
const MAX_BODY_SIZE = MAX_NOTE_SIZE + 4096;

/**
 * Reads the body of `POST <submission prefix>/add-checkpoint`. Throws `malformed-note` wherever
 * the specification answers 400, an old size above the checkpoint's included.
 */
export function parseAddCheckpoint(source: TextSource): AddCheckpoint {
  const body = decodeText(source);
  if (body === undefined) throw malformed('it is not UTF-8, or holds control characters');
  if (encodeText(body).length > MAX_BODY_SIZE) throw malformed(`it is over ${MAX_BODY_SIZE} bytes`);
  const separator = body.indexOf('\n\n');
  if (separator < 0) throw malformed('no empty line comes before the checkpoint');
  const [old, ...lines] = body.slice(0, separator).split('\n');
  const note = body.slice(separator + 2);

  const oldSize = old!.startsWith('old ') ? parseDecimal(old!.slice('old '.length)) : undefined;
  if (oldSize === undefined) throw malformed('its first line is not old <size>');
  if (lines.length > MAX_PROOF_LINES) throw malformed(`over ${MAX_PROOF_LINES} proof lines`);
  const proof = lines.map((line) => {
    const hash = parseHash(line);
    if (hash === undefined) throw malformed('a proof line is not 32 bytes in base64');
    return hash;
  });
  const { treeSize } = parseCheckpoint(parseNote(note).text);
  if (oldSize > treeSize) throw malformed('the old size is above the size of the checkpoint');
  return { oldSize, proof, note };
}

/** The body of a request to `add-checkpoint`. */
export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  return [`old ${oldSize}`, ...proof.map(formatBase64), '', note].join('\n');
}

/** The media type of a 409 answer, whose body is `formatWitnessedSize`. */
export const WITNESSED_SIZE_MEDIA_TYPE = 'text/x.tlog.size';

/** The body of a 409 answer: the size of the tree that the witness cosigned last. */
export function formatWitnessedSize(size: number): string {
  return `${size}\n`;
}

/** The size in the body of a witness's 409 answer; `malformed-note` if there is none. */
export function parseWitnessedSize(source: TextSource): number {
  const text = decodeText(source);
  const size = text?.endsWith('\n') ? parseDecimal(text.slice(0, -1)) : undefined;
  if (size === undefined) throw malformed('the answer of the witness is not one tree size');
  return size;
}

const malformed = (why: string) =>
  refuse('malformed-note', `This is not a message of C2SP tlog-witness: ${why}.`);
