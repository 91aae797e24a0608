import { generateKey, signerOf, type KeySigner } from '#lib/keys';
import type { Log } from '#lib/store';
import { formatVerifierKey } from '#lib/tlog';
import { genesisSubmission, identityOf } from '../../apps/registry/src/genesis.js';

/** The body of entry 0: names the registry that keeps the log, and its first authority. */
export function genesisBody({ origin, keys }: Log, authority: KeySigner): Promise<Uint8Array> {
  const domain = origin.slice(0, origin.indexOf('/'));
  const vkey = formatVerifierKey(keys[0]!);
  const named = { name: 'Bench registry', jurisdiction: 'AU', origin };
  const identity = identityOf(domain, named, vkey);
  return genesisSubmission(identity, signerOf(generateKey(), identity.did), authority.did);
}
