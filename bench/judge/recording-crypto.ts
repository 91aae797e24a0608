import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Crypto } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';

/** One signature check, ready for OpenSSL: nothing of it is left to prepare. */
interface SignatureCheck {
  key: KeyObject;
  message: Uint8Array;
  signature: Uint8Array;
}

/** Keeps every signature check that goes through it, so that their bare cost can be measured. */
export class RecordingCrypto implements Crypto {
  readonly sha256 = nodeCrypto.sha256;
  readonly checks: SignatureCheck[] = [];

  verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const x = Buffer.from(key).toString('base64url');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x };
    this.checks.push({ key: createPublicKey({ key: jwk, format: 'jwk' }), message, signature });
    return nodeCrypto.verifyEd25519(key, message, signature);
  }

  /** The same checks again, by OpenSSL alone; throws unless every one holds. */
  verifyBare(): void {
    for (const { key, message, signature } of this.checks)
      if (!verify(null, message, key, signature)) throw new Error('A signature does not verify');
  }
}
