import type { Signer } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf, type KeySigner } from '#lib/keys';
import { SIGNATURE_TYPES, verifierKey, type NoteSigner } from '#lib/tlog';

export const sha256 = nodeCrypto.sha256;

/** A fresh Ed25519 key that signs as its own did:key. */
export const aKey = (): KeySigner => signerOf(generateKey());

/** A witness: a key that cosigns checkpoints. */
export function aWitness(name: string): NoteSigner {
  const { publicKey, sign } = aKey();
  return { key: verifierKey(sha256, name, SIGNATURE_TYPES.cosignatureV1, publicKey), sign };
}

/** The key of a log: it signs checkpoints under the origin's name. */
export function aLogSigner(origin: string): NoteSigner {
  const { publicKey, sign } = aKey();
  return { key: verifierKey(sha256, origin, SIGNATURE_TYPES.ed25519, publicKey), sign };
}

/** As proofs verify: a registry signs under its did:web, and the ledger sees the key's own did:key. */
export function signerMembers({ verificationMethod, publicKeyMultibase }: KeySigner): Signer {
  return { did: `did:key:${publicKeyMultibase}`, verificationMethod, publicKeyMultibase };
}
