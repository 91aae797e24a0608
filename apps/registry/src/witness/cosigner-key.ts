import type { KeySigner } from '#lib/keys';
import { nodeCrypto } from '#lib/keys';
import { SIGNATURE_TYPES, verifierKey, type NoteSigner } from '#lib/tlog';

/** The key that cosigns for other logs, under its own name: `<domain>/witness`. */
export function cosignerOf(domain: string, { publicKey, sign }: KeySigner): NoteSigner {
  const name = `${domain}/witness`;
  const type = SIGNATURE_TYPES.cosignatureV1;
  return { key: verifierKey(nodeCrypto.sha256, name, type, publicKey), sign };
}
