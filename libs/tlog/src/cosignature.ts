import type { Crypto } from '#lib/documents';
import { refuse } from '#lib/problem';
import { encodeText } from './note-text.js';
import type { NoteSignature } from './signed-note.js';
import { SIGNATURE_TYPES, type VerifierKey } from './verifier-key.js';

/**
 * A timestamped Ed25519 cosignature (C2SP tlog-cosignature v1.0.1, type 0x04): "as of the timestamp,
 * the largest consistent tree that I have seen of this log has this root".
 */
export interface Cosignature {
  /** POSIX time in whole seconds, 0 … 2^53 - 1. */
  timestamp: number;
  /** 64 bytes (RFC 8032). */
  signature: Uint8Array;
}

/** A key with the power to sign; the caller keeps the private half. `sign` is plain Ed25519. */
export interface NoteSigner {
  key: VerifierKey;
  sign(message: Uint8Array): Uint8Array;
}

const TIMESTAMP_SIZE = 8;
const SIGNATURE_SIZE = 64;

/** The exact bytes that a cosigner signs: header, time, and the whole checkpoint text. */
export function cosignatureMessage(timestamp: number, checkpointText: string): Uint8Array {
  return encodeText(`cosignature/v1\ntime ${timestamp}\n${checkpointText}`);
}

/** `timestamped_signature`: u64 big-endian seconds, then 64 bytes of Ed25519. */
export function formatCosignature({ timestamp, signature }: Cosignature): Uint8Array {
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw malformed(`${timestamp} is not a POSIX time in whole seconds`);
  }
  if (signature.length !== SIGNATURE_SIZE) throw malformed('an Ed25519 signature has 64 bytes');
  const bytes = new Uint8Array(TIMESTAMP_SIZE + SIGNATURE_SIZE);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(timestamp));
  bytes.set(signature, TIMESTAMP_SIZE);
  return bytes;
}

/**
 * Reads a `timestamped_signature` of 72 bytes. "It MUST NOT exceed 2^63 - 1, and verifiers MAY
 * reject cosignatures with timestamps in the future": 2^53 and beyond are refused as well. Throws
 * `malformed-note`.
 */
export function parseCosignature(bytes: Uint8Array): Cosignature {
  if (bytes.length !== TIMESTAMP_SIZE + SIGNATURE_SIZE) {
    throw malformed('a cosignature/v1 has 72 bytes');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const timestamp = Number(view.getBigUint64(0));
  if (!Number.isSafeInteger(timestamp)) throw malformed('its time is 2^53 or later');
  return { timestamp, signature: bytes.slice(TIMESTAMP_SIZE) };
}

/**
 * Cosigns a checkpoint text at a POSIX time in seconds. The signer's key is of type 0x04; the caller
 * has verified the checkpoint and stored it before (C2SP tlog-witness).
 */
export function signCosignature(
  checkpointText: string,
  { key, sign }: NoteSigner,
  timestamp: number,
): NoteSignature {
  if (key.type !== SIGNATURE_TYPES.cosignatureV1) {
    throw new Error(`The key "${key.name}" is of type ${key.type}: it is no cosigner's`);
  }
  const signature = sign(cosignatureMessage(timestamp, checkpointText));
  return {
    name: key.name,
    keyId: key.keyId,
    signature: formatCosignature({ timestamp, signature }),
  };
}

/**
 * Verifies the cosignature of a key of type 0x04 over a checkpoint text, and returns its POSIX time
 * in seconds. Throws `malformed-note`, or `checkpoint-invalid` if the signature does not hold.
 */
export async function verifyCosignature(
  crypto: Crypto,
  checkpointText: string,
  key: VerifierKey,
  bytes: Uint8Array,
): Promise<number> {
  const { timestamp, signature } = parseCosignature(bytes);
  const message = cosignatureMessage(timestamp, checkpointText);
  if (!(await crypto.verifyEd25519(key.publicKey, message, signature))) {
    throw refuse('checkpoint-invalid', `The cosignature of "${key.name}" does not verify.`);
  }
  return timestamp;
}

const malformed = (why: string) => refuse('malformed-note', `This is not a cosignature: ${why}.`);
