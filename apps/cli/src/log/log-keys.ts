import { nodeCrypto } from '#lib/keys';
import { parseVerifierKey, type VerifierKey } from '#lib/tlog';
import { parseTrust } from '#lib/verification';
import { readBytes } from '../files.js';

/** Whose signature makes a log the log: its verifier keys, or a file of the registries one believes. */
export interface LogKeyOptions {
  /** Several for a log whose keys were rotated: each checkpoint has the signature of one at least. */
  vkey?: string[];
  /** A trust file; of several registries in it, the one whose `url` the place names. */
  trust?: string;
}

/** The log keys to believe at a place. Throws when none is named, and what the parsers throw. */
export function logKeysFor(place: string, { vkey, trust }: LogKeyOptions): VerifierKey[] {
  if (vkey !== undefined) return vkey.map((key) => parseVerifierKey(nodeCrypto.sha256, key));
  if (trust === undefined)
    throw new Error(
      'whose log is it? name its verifier key with --vkey, or a trust file with --trust',
    );
  const { registries } = parseTrust(nodeCrypto.sha256, readBytes(trust));
  const there = registries.filter(({ url }) => url !== undefined && place.startsWith(url));
  return (there.length > 0 ? there : registries).map(({ logKey }) =>
    parseVerifierKey(nodeCrypto.sha256, logKey),
  );
}

/** Gathers an option that may be given more than once. */
export function everyKey(key: string, before: string[] = []): string[] {
  return [...before, key];
}
