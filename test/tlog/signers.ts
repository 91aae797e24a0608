import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import type { Crypto } from '#lib/documents';
import { SIGNATURE_TYPES, verifierKey, type NoteSigner, type SignatureType } from '#lib/tlog';
import { sha256 } from './reference.js';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Node's primitives. The strict Ed25519 profile is the business of other tests. */
export const crypto: Crypto = {
  sha256,
  async verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = createPublicKey({
      key: Buffer.concat([SPKI, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, key, signature);
  },
};

/** A signer whose key follows from its name, or from 32 bytes of seed. */
export function signerOf(
  name: string,
  type: SignatureType = SIGNATURE_TYPES.ed25519,
  seed: Uint8Array = createHash('sha256').update(`test key of ${name}`).digest(),
): NoteSigner {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    key: verifierKey(sha256, name, type, publicKeyOf(privateKey)),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** A cosigner whose key follows from its name. */
export const witnessOf = (name: string): NoteSigner =>
  signerOf(name, SIGNATURE_TYPES.cosignatureV1);

function publicKeyOf(privateKey: KeyObject): Uint8Array {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(SPKI.length));
}
