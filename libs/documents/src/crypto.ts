/** SHA-256 (FIPS 180-4) of the bytes: 32 bytes, synchronous so that pure code can call it anywhere. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * The primitives that pure code borrows from its surroundings: node:crypto on the server, noble in
 * the browser. Both follow one strict Ed25519 profile, so that both give the same verdict.
 */
export interface Crypto {
  sha256: Sha256;
  /** RFC 8032 Ed25519, strict profile: 32-byte key, 64-byte signature; false, never a throw. */
  verifyEd25519(
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean>;
}
