import { registryDidDocument, type DidDocument, type RegistryKey } from '#lib/credentials';

/** A proof by a registry names its key in full: the fragment is the key's own Multikey. */
const WEB_METHOD =
  /"verificationMethod":"(did:web:[A-Za-z0-9.%_-]{1,250})#(z[1-9A-HJ-NP-Za-km-z]{40,60})"/g;
const REGISTRIES_MAX = 8;

/**
 * DID documents for the did:web keys that a body's proofs name, each taken from its own name. They
 * only say under which key a signature is checked; whether that key speaks for the registry is
 * decided against the ledger's state, never fetched from the network.
 */
export function webKeysNamedIn(body: Uint8Array): DidDocument[] {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  const keys = new Map<string, RegistryKey[]>();
  for (const [, did, publicKeyMultibase] of text.matchAll(WEB_METHOD)) {
    const known = keys.get(did!) ?? [];
    if (keys.size < REGISTRIES_MAX || known.length > 0) keys.set(did!, known);
    if (!known.some((key) => key.publicKeyMultibase === publicKeyMultibase))
      known.push({ publicKeyMultibase: publicKeyMultibase! });
  }
  return [...keys].map(([did, named]) => registryDidDocument(did, named));
}
