import type { Crypto } from '#lib/documents';
import { refuse } from '#lib/problem';
import { verifyCosignature, type NoteSigner } from './cosignature.js';
import { encodeText, type TextSource } from './note-text.js';
import { formatNote, parseNote, type NoteSignature } from './signed-note.js';
import { SIGNATURE_TYPES, type VerifierKey } from './verifier-key.js';

/** A signature that has verified under a key that the caller knows. */
export interface VerifiedSignature {
  key: VerifierKey;
  /** The line as it stands in the note: keep this, and nothing that was not verified. */
  line: NoteSignature;
  /** Of a cosignature: POSIX seconds. */
  timestamp?: number;
}

/** Text that at least one known key has signed. */
export interface OpenedNote {
  text: string;
  /** One for each key that signed; of several cosignatures by one key, the latest. */
  signatures: VerifiedSignature[];
}

/**
 * Opens a signed note by the rules of C2SP signed-note v1.0.0, Signatures: lines of unknown keys are
 * ignored, even if name or id (not both) is a known one; every line of a known key must verify; at
 * least one must be there. Throws `malformed-note` or `checkpoint-invalid`.
 */
export async function openNote(
  crypto: Crypto,
  source: TextSource,
  keys: readonly VerifierKey[],
): Promise<OpenedNote> {
  const note = parseNote(source);
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const line of note.signatures) {
    // ML-DSA-44 cannot be checked here: to us such a key is unknown, and never counts.
    const key = keys.find(
      ({ name, keyId, type }) =>
        name === line.name && keyId === line.keyId && type !== SIGNATURE_TYPES.mlDsa44,
    );
    if (key === undefined) continue;
    const signature = await verifyLine(crypto, note.text, key, line);
    const before = verified.get(key);
    if (before === undefined || (signature.timestamp ?? 0) > (before.timestamp ?? 0)) {
      verified.set(key, signature);
    }
  }
  if (verified.size === 0) throw refuse('checkpoint-invalid', 'No known key has signed the note.');
  return { text: note.text, signatures: [...verified.values()] };
}

/** Signs a text with a plain Ed25519 key (type 0x01): the whole note, with its one signature line. */
export function signNote(text: string, { key, sign }: NoteSigner): string {
  if (key.type !== SIGNATURE_TYPES.ed25519) {
    throw new Error(`The key "${key.name}" is of type ${key.type}, not a plain Ed25519 key`);
  }
  const signature = sign(encodeText(text));
  return formatNote({ text, signatures: [{ name: key.name, keyId: key.keyId, signature }] });
}

async function verifyLine(
  crypto: Crypto,
  text: string,
  key: VerifierKey,
  line: NoteSignature,
): Promise<VerifiedSignature> {
  if (key.type === SIGNATURE_TYPES.cosignatureV1) {
    return { key, line, timestamp: await verifyCosignature(crypto, text, key, line.signature) };
  }
  if (!(await crypto.verifyEd25519(key.publicKey, encodeText(text), line.signature))) {
    throw refuse('checkpoint-invalid', `The signature of "${key.name}" does not verify.`);
  }
  return { key, line };
}
