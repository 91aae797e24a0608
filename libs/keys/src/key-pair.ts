import { createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  didKeyOf,
  formatPublicKey,
  formatSecretKey,
  parseSecretKey,
  verificationMethodOf,
} from '#lib/credentials';

/** An Ed25519 key pair as Multikey texts (Controlled Identifiers 1.0 §2.2.2). */
export interface KeyPair {
  publicKeyMultibase: string;
  /** The 32-byte seed of RFC 8032 §5.1.5. A secret. */
  secretKeyMultibase: string;
}

/** Signs as a party or a registry with one key. */
export interface KeySigner {
  /** The DID it signs as: the key's own did:key, or the registry's did:web. */
  did: string;
  /** The DID URL that proofs name: `did#zK`. */
  verificationMethod: string;
  publicKeyMultibase: string;
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** Ed25519 (RFC 8032 §5.1.6): 64 bytes, the same each time. */
  sign(message: Uint8Array): Uint8Array;
}

/** DER of PKCS #8 up to the 32 seed bytes (RFC 8410 §7): node:crypto's only door for a bare seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A fresh key from the operating system's randomness. */
export function generateKey(): KeyPair {
  const seed = randomBytes(32);
  const publicKeyMultibase = formatPublicKey(publicKeyOf(privateKeyObject(seed)));
  return { publicKeyMultibase, secretKeyMultibase: formatSecretKey(seed) };
}

/**
 * The signer of a key pair, as its own did:key or as the registry `did`. The secret alone counts:
 * a pair whose halves do not belong together is a fault, found before anything is signed.
 */
export function signerOf(key: KeyPair, did?: string): KeySigner {
  const privateKey = privateKeyObject(parseSecretKey(key.secretKeyMultibase));
  const publicKey = publicKeyOf(privateKey);
  const publicKeyMultibase = formatPublicKey(publicKey);
  if (publicKeyMultibase !== key.publicKeyMultibase)
    throw new Error(`The secret key is not that of ${key.publicKeyMultibase}`);
  const signsAs = did ?? didKeyOf(publicKey);
  return {
    did: signsAs,
    verificationMethod: verificationMethodOf(signsAs, publicKeyMultibase),
    publicKeyMultibase,
    publicKey,
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

function publicKeyOf(privateKey: KeyObject): Uint8Array {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x!, 'base64url'));
}
