import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import type { Log } from '#lib/store';
import { SIGNATURE_TYPES, signNote, verifierKey } from '#lib/tlog';

/** A log with a fresh key, signed as the registry signs its own. */
export function benchLog(origin: string): Log {
  const { publicKey, sign } = signerOf(generateKey());
  const key = verifierKey(nodeCrypto.sha256, origin, SIGNATURE_TYPES.ed25519, publicKey);
  return {
    origin,
    crypto: nodeCrypto,
    keys: [key],
    signCheckpoint: (text) => signNote(text, { key, sign }),
  };
}
