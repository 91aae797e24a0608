import { Point } from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { toHex, type Crypto } from '#lib/documents';
import { decodePoint, isAdmissibleSignature } from './ed25519-profile.js';

/** L, the order of the prime-order subgroup (RFC 8032 §5.1). */
const L = Point.CURVE().n;

/** The primitives in plain JavaScript, for browsers and as the cross-check of the server's. */
export const nobleCrypto: Crypto = {
  sha256,
  verifyEd25519: (publicKey, message, signature) =>
    Promise.resolve(verifyCofactorless(publicKey, message, signature)),
};

/**
 * RFC 8032 §5.1.7 without the cofactor: R must equal, byte for byte, the encoding of [S]B − [k]A.
 * noble's own `verify` multiplies by the cofactor and would admit signatures that OpenSSL refuses.
 */
function verifyCofactorless(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isAdmissibleSignature(publicKey, signature)) return false;
  const a = decodePoint(publicKey);
  if (!a) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const k = littleEndian(sha512(concat(r, publicKey, message))) % L;
  // Both scalars are public, so the faster variable-time multiplication gives nothing away.
  const expected = Point.BASE.multiply(s, false).subtract(a.multiply(k, false)).toBytes();
  return expected.every((byte, i) => byte === r[i]);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`);
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
