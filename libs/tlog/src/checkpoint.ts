import type { Crypto } from '#lib/documents';
import { refuse } from '#lib/problem';
import type { NoteSigner } from './cosignature.js';
import { formatBase64, parseDecimal, parseHash, type TextSource } from './note-text.js';
import { openNote, signNote, type OpenedNote, type VerifiedSignature } from './open-note.js';
import { HASH_SIZE } from './tree-hash.js';
import { SIGNATURE_TYPES, type VerifierKey } from './verifier-key.js';

/** A log's tree head (C2SP tlog-checkpoint v1.0.0). */
export interface Checkpoint {
  /** The log's identity; here always the name of its key as well. */
  origin: string;
  treeSize: number;
  /** 32 bytes, MTH(D[0:treeSize]) of RFC 6962 §2.1. */
  rootHash: Uint8Array;
}

/** A checkpoint whose log signature has verified, with everything that was verified on the way. */
export interface OpenedCheckpoint extends OpenedNote {
  checkpoint: Checkpoint;
}

const ORIGIN = /^[^\p{Cc}\p{Surrogate}]+$/u;

/** Whether text can be an origin: one line, not empty, without control characters. */
export function isOrigin(text: string): boolean {
  return ORIGIN.test(text);
}

/**
 * Reads the three lines of a checkpoint's text. Extension lines are refused: witnesses and monitors
 * cannot audit them, and some cosignatures do not cover them. Throws `malformed-note`.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, end, ...extensions] = text.split('\n');
  if (extensions.length > 0 || end !== '') {
    throw malformed(end === undefined ? 'it has three lines' : 'extension lines are not accepted');
  }
  const treeSize = parseDecimal(size!);
  const rootHash = parseHash(root!);
  if (!isOrigin(origin!)) throw malformed('its first line, the origin, is empty');
  if (treeSize === undefined) throw malformed('its second line is no tree size up to 2^53 - 1');
  if (rootHash === undefined) throw malformed('its third line is not 32 bytes in base64');
  return { origin: origin!, treeSize, rootHash };
}

/** The text of a checkpoint, with its final newline; `malformed-note` if it would not be read back. */
export function formatCheckpoint({ origin, treeSize, rootHash }: Checkpoint): string {
  if (!isOrigin(origin)) throw malformed('its origin is empty or holds control characters');
  if (!Number.isSafeInteger(treeSize) || treeSize < 0) throw malformed('its tree size is none');
  if (rootHash.length !== HASH_SIZE) throw malformed('its root hash is not 32 bytes');
  return `${origin}\n${treeSize}\n${formatBase64(rootHash)}\n`;
}

/**
 * Signs a checkpoint with the log's own key, which must bear the origin's name. The caller answers
 * for the log's promise: never two roots for one size, never a smaller tree after a larger.
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  if (signer.key.name !== checkpoint.origin) {
    throw new Error(`The key "${signer.key.name}" may not sign for "${checkpoint.origin}"`);
  }
  return signNote(formatCheckpoint(checkpoint), signer);
}

/**
 * Opens a checkpoint: a log among `logKeys` has signed it, under its own origin. Witnesses' lines
 * are verified too when their keys are given. Throws `malformed-note` or `checkpoint-invalid`.
 */
export async function openCheckpoint(
  crypto: Crypto,
  source: TextSource,
  logKeys: readonly VerifierKey[],
  witnessKeys: readonly VerifierKey[] = [],
): Promise<OpenedCheckpoint> {
  const note = await openNote(crypto, source, [...logKeys, ...witnessKeys]);
  const checkpoint = parseCheckpoint(note.text);
  // A log's key signs for that log only: the same key under another origin is another log.
  const isLog = ({ key }: VerifiedSignature): boolean =>
    key.type === SIGNATURE_TYPES.ed25519 && key.name === checkpoint.origin && logKeys.includes(key);
  if (!note.signatures.some(isLog)) {
    throw refuse('checkpoint-invalid', `No known key of "${checkpoint.origin}" has signed it.`);
  }
  return { ...note, checkpoint };
}

const malformed = (why: string) =>
  refuse('malformed-note', `This is not a checkpoint of C2SP tlog-checkpoint: ${why}.`);
