import { existsSync } from 'node:fs';
import path from 'node:path';
import { generateKey, Keystore, readKeyFile, signerOf, writeKeyFile } from '#lib/keys';
import { ConfigurationError, type Configuration } from './configuration.js';

/** The registry's keys: each for one purpose and never for another. */
export const KEY_NAMES: readonly string[] = ['statement', 'log', 'witness', 'session'];
const SESSION_SECRET_TEXT = 'Lodestone session secret, version 1';

/** Where the registry's encrypted keys lie. */
export function keystoreFile({ dataFolder }: Configuration): string {
  return path.join(dataFolder, 'registry.keystore.json');
}

/** Opens the registry's keystore, or makes it with fresh keys on the first start. */
export async function openKeystore(configuration: Configuration): Promise<Keystore> {
  const file = keystoreFile(configuration);
  return existsSync(file)
    ? Keystore.open(file, configuration.passphrase)
    : Keystore.create(file, configuration.passphrase, KEY_NAMES);
}

/**
 * The secret behind session tokens: the signature of one text by a key that signs nothing else.
 * Ed25519 is deterministic (RFC 8032 §5.1.6), so every process with the keystore has the same.
 */
export function sessionSecret(keystore: Keystore): Uint8Array {
  return keystore.signer('session').sign(new TextEncoder().encode(SESSION_SECRET_TEXT));
}

/** The first authority, and where its key lies when this process made it. */
export interface FirstAuthority {
  did: string;
  /** Only for a development authority. */
  keyFile: string | undefined;
}

/**
 * The authority that the configuration names. Without one, a key of a development authority lies in
 * the data folder: whoever reads that folder can speak as the authority.
 */
export function firstAuthority(configuration: Configuration): FirstAuthority {
  const { authority, dataFolder } = configuration;
  if (authority !== undefined) {
    if (!/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{40,50}$/.test(authority))
      throw new ConfigurationError('LODESTONE_AUTHORITY is not a did:key of an Ed25519 key.');
    return { did: authority, keyFile: undefined };
  }
  const keyFile = authorityKeyFile(dataFolder);
  if (!existsSync(keyFile)) writeKeyFile(keyFile, generateKey());
  return { did: signerOf(readKeyFile(keyFile)).did, keyFile };
}

/** The authority that the genesis named, with its key file when that is the development one. */
export function foundedAuthority({ dataFolder }: Configuration, did: string): FirstAuthority {
  const keyFile = authorityKeyFile(dataFolder);
  const isOurs = existsSync(keyFile) && signerOf(readKeyFile(keyFile)).did === did;
  return { did, keyFile: isOurs ? keyFile : undefined };
}

function authorityKeyFile(dataFolder: string): string {
  return path.join(dataFolder, 'authority.key.json');
}
