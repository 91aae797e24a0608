import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { isAdmissibleSignature } from '#lib/credentials';
import type { Crypto } from '#lib/documents';

/** DER of SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** Importing a key costs as much as half a verification, so the keys last used are kept. */
const CACHED_KEYS_MAX = 4096;
const cachedKeys = new Map<string, KeyObject>();

/** The primitives of node:crypto: twenty times as fast as plain JavaScript, with its verdicts. */
export const nodeCrypto: Crypto = {
  // By way of text, because that is twice as fast as to have OpenSSL's binding make a buffer.
  sha256: (bytes) => latin1Bytes(hash('sha256', bytes, 'binary')),
  verifyEd25519: (publicKey, message, signature) =>
    Promise.resolve(verifyOpenSsl(publicKey, message, signature)),
};

/** Text in which each character stands for the byte of its number. */
function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * OpenSSL checks the cofactorless equation of RFC 8032 §5.1.7 and S < L, but admits small-order and
 * non-canonical points; the shared profile refuses those first.
 */
function verifyOpenSsl(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isAdmissibleSignature(publicKey, signature)) return false;
  try {
    return verify(null, message, publicKeyObject(publicKey), signature);
  } catch {
    return false; // some versions of OpenSSL look at the point already when they import it
  }
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const name = String.fromCharCode.apply(undefined, publicKey as unknown as number[]);
  const cached = cachedKeys.get(name);
  const key =
    cached ??
    createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, publicKey]),
      format: 'der',
      type: 'spki',
    });
  // Map keeps insertion order: the key used last goes to the end, the first is the oldest.
  if (cached) cachedKeys.delete(name);
  else if (cachedKeys.size >= CACHED_KEYS_MAX)
    cachedKeys.delete(cachedKeys.keys().next().value as string);
  cachedKeys.set(name, key);
  return key;
}
