import { didKeyOf, parsePublicKey, verificationMethodOf } from '#lib/credentials';
import { signerOf, type KeyPair } from './key-pair.js';
import {
  createPrivateFile,
  KeyStorageError,
  readPrivateFile,
  requireOwnerOnly,
} from './private-file.js';

/** A party's key file: a Multikey verification method with its secret half. */
interface KeyFile extends KeyPair {
  type: 'Multikey';
  id: string;
  controller: string;
}

/** Writes a party's key, mode 0600, durable; throws KeyStorageError `exists`, never overwrites. */
export function writeKeyFile(file: string, key: KeyPair): void {
  const did = didKeyOf(parsePublicKey(key.publicKeyMultibase));
  const content: KeyFile = {
    type: 'Multikey',
    id: verificationMethodOf(did, key.publicKeyMultibase),
    controller: did,
    publicKeyMultibase: key.publicKeyMultibase,
    secretKeyMultibase: key.secretKeyMultibase,
  };
  createPrivateFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Reads a party's key file. Throws KeyStorageError: `missing`, `readable-by-others`, `malformed` (no
 * Multikey, or the halves do not belong together).
 */
export function readKeyFile(file: string): KeyPair {
  requireOwnerOnly(file);
  const text = readPrivateFile(file);
  try {
    const { type, publicKeyMultibase, secretKeyMultibase } = JSON.parse(text) as KeyFile;
    const key = { publicKeyMultibase, secretKeyMultibase };
    signerOf(key); // the halves belong together
    if (type === 'Multikey') return key;
  } catch {
    // Falls through: what JSON.parse says may quote the secret, so it is not repeated.
  }
  throw new KeyStorageError(
    'malformed',
    `${file} is not a key file as \`lodestone keygen\` makes.`,
  );
}
