import { fromBase64, toHex, type Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';
import { encodeText, formatBase64 } from './note-text.js';

/**
 * The signature types that are known here (C2SP signed-note, Signature types). ML-DSA-44 keys are
 * read, so that a policy may name them, but their signatures are ignored as those of unknown keys.
 */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignatureV1: 0x04, mlDsa44: 0x06 } as const;

/** One of `SIGNATURE_TYPES`: what a key signs, and how. */
export type SignatureType = (typeof SIGNATURE_TYPES)[keyof typeof SIGNATURE_TYPES];

/** A public key under the name of its owner (C2SP signed-note, Verifier keys). */
export interface VerifierKey {
  /** For a log's key, the log's origin. */
  name: string;
  /** The first four bytes of a hash over name, type and key: 8 lowercase hex digits. */
  keyId: string;
  type: SignatureType;
  /** 32 bytes of Ed25519 (RFC 8032), or 1,312 of ML-DSA-44 (FIPS 204). */
  publicKey: Uint8Array;
}

const PUBLIC_KEY_SIZES: Record<SignatureType, number> = {
  [SIGNATURE_TYPES.ed25519]: 32,
  [SIGNATURE_TYPES.cosignatureV1]: 32,
  [SIGNATURE_TYPES.mlDsa44]: 1312,
};
const KEY_ID_SIZE = 4;
const NAME = /^[^+\p{White_Space}\p{Cc}\p{Surrogate}]+$/u;

/** Key names are "non-empty and MUST NOT contain any Unicode spaces or plus" (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  return NAME.test(name);
}

/**
 * The verifier key of a public key, with its key id `SHA-256(name || 0x0A || type || key)[:4]`. A
 * name or a key that the format cannot hold is refused as `malformed-note`.
 */
export function verifierKey(
  sha256: Sha256,
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
): VerifierKey {
  if (!isKeyName(name)) {
    throw refuse('malformed-note', `"${name}" is not a key name: no spaces, no "+", not empty.`);
  }
  if (publicKey.length !== PUBLIC_KEY_SIZES[type]) {
    throw refuse('malformed-note', `A key of ${publicKey.length} bytes does not fit type ${type}.`);
  }
  const preimage = Uint8Array.of(...encodeText(`${name}\n`), type, ...publicKey);
  const keyId = toHex(sha256(preimage).subarray(0, KEY_ID_SIZE));
  return { name, keyId, type, publicKey };
}

/**
 * Reads a vkey, `<name>+<8 hex digits>+<base64(type || public key)>`, and recomputes its key id.
 * Anything else, an unknown signature type included, is refused as `malformed-note`.
 */
export function parseVerifierKey(sha256: Sha256, vkey: string): VerifierKey {
  // Base64 may hold a plus, a name may not: the first two separate.
  const [name, keyId, ...rest] = vkey.split('+');
  const typed = fromBase64(rest.join('+'));
  if (name === undefined || keyId === undefined || typed === undefined || typed.length === 0) {
    throw refuse('malformed-note', 'The verifier key is not <name>+<key id>+<base64>.');
  }
  const type = typed[0]!;
  if (!isSignatureType(type)) {
    throw refuse('malformed-note', `The verifier key of "${name}" has unknown type ${type}.`);
  }
  const key = verifierKey(sha256, name, type, typed.slice(1));
  if (key.keyId !== keyId) {
    throw refuse('malformed-note', `The verifier key of "${name}" does not have its own key id.`);
  }
  return key;
}

/** A verifier key as one string without spaces: what operators exchange. */
export function formatVerifierKey({ name, keyId, type, publicKey }: VerifierKey): string {
  return `${name}+${keyId}+${formatBase64(Uint8Array.of(type, ...publicKey))}`;
}

function isSignatureType(type: number): type is SignatureType {
  return type in PUBLIC_KEY_SIZES;
}
