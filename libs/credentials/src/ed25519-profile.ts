import { Point } from '@noble/ed25519';
import { refuse } from '#lib/problem';

/*
 * One strict Ed25519 profile for every verifier. OpenSSL and noble disagree about crafted
 * signatures (small-order points, non-canonical encodings); a server and an offline verifier that
 * disagree are two verdicts on one certificate. So both apply the rules here first and then the
 * cofactorless equation of RFC 8032 §5.1.7, and admit exactly the same signatures.
 */

/** L, the order of the prime-order subgroup (RFC 8032 §5.1), little-endian. */
const L = bytesOf('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
/** p = 2^255 − 19 (RFC 8032 §5.1), little-endian. */
const P = bytesOf('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
/** The five y-coordinates of the eight points of small order, little-endian (C2SP CCTV ed25519). */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(bytesOf);

/**
 * True when key and signature may go on to the cofactorless check: 32 and 64 bytes; y(A) and y(R)
 * below p and not of small order; S below L, which rules out the malleated S + L (RFC 8032 §5.1.7).
 */
export function isAdmissibleSignature(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isAdmissiblePoint(publicKey) &&
    isAdmissiblePoint(signature.subarray(0, 32)) &&
    isBelow(signature.subarray(32), L, signature[63]!)
  );
}

/**
 * Throws `key-not-registrable` unless the 32 bytes are a canonical point of the prime-order
 * subgroup. Checked once, when a party registers the key: a key with a torsion component verifies
 * in cofactored implementations what it fails in ours, so no such key may enter the ledger.
 */
export function requireRegistrableKey(publicKey: Uint8Array, pointer?: string): void {
  if (!isAdmissiblePoint(publicKey))
    throw refuse(
      'key-not-registrable',
      'The key is of small order or not canonically encoded.',
      pointer,
    );
  const point = decodePoint(publicKey);
  if (!point) throw refuse('key-not-registrable', 'The key is not a point of the curve.', pointer);
  if (!point.isTorsionFree())
    throw refuse('key-not-registrable', 'The key lies outside the prime-order subgroup.', pointer);
}

/** The curve point of a canonical encoding (RFC 8032 §5.1.3), or undefined when it encodes none. */
export function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
}

/** y below p and none of the small ones; the top bit is the sign of x (RFC 8032 §5.1.2). */
function isAdmissiblePoint(encoded: Uint8Array): boolean {
  if (encoded.length !== 32) return false;
  const top = encoded[31]! & 0x7f;
  if (!isBelow(encoded, P, top)) return false;
  for (const small of SMALL_ORDER_Y) if (isSame(encoded, small, top)) return false;
  return true;
}

/** Compares two 32-byte little-endian numbers; public values, so no constant time is needed. */
function isBelow(value: Uint8Array, limit: Uint8Array, top: number): boolean {
  if (top !== limit[31]) return top < limit[31]!;
  for (let i = 30; i >= 0; i--) if (value[i] !== limit[i]) return value[i]! < limit[i]!;
  return false;
}

function isSame(value: Uint8Array, other: Uint8Array, top: number): boolean {
  if (top !== other[31]) return false;
  for (let i = 30; i >= 0; i--) if (value[i] !== other[i]) return false;
  return true;
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g)!, (pair) => parseInt(pair, 16));
}
