import { refuse } from '#lib/problem';
import { formatPublicKey, parsePublicKey } from './multikey.js';

/** A DID of one of the two methods that Lodestone knows: parties use did:key, registries did:web. */
export interface ParsedDid {
  did: string;
  method: 'key' | 'web';
  /** What follows `did:<method>:`: a `z6Mk…` Multikey, or a domain with an optional path. */
  identifier: string;
}

const MAX_DID_LENGTH = 300;
/** Of `did:key:` and of `did:web:`. */
const METHOD_LENGTH = 8;
/** One domain, an optional `%3A`port, an optional path whose segments never begin with a dot. */
const WEB_IDENTIFIER =
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(%3A[1-9][0-9]{0,4})?(:[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Reads a did:key (Ed25519 only) or did:web; throws `schema-violation` at `pointer`. */
export function parseDid(did: string, pointer?: string): ParsedDid {
  const identifier = did.slice(METHOD_LENGTH);
  if (did.length <= MAX_DID_LENGTH) {
    if (did.startsWith('did:key:')) {
      parsePublicKey(identifier, pointer);
      return { did, method: 'key', identifier };
    }
    if (did.startsWith('did:web:') && WEB_IDENTIFIER.test(identifier))
      return { did, method: 'web', identifier };
  }
  throw refuse('schema-violation', 'Not a did:key with an Ed25519 key, nor a did:web.', pointer);
}

/** A DID URL with a fragment, as `proof.verificationMethod` holds it (DID Core 1.0 §3.2). */
export interface VerificationMethodId {
  /** The whole DID URL. */
  id: string;
  did: ParsedDid;
  fragment: string;
}

/**
 * Reads `did:key:zK#zK` or `did:web:domain#fragment`; throws `schema-violation` at `pointer`. A
 * did:key has one key, so its fragment repeats it (did:key §3.1.1).
 */
export function parseVerificationMethod(id: string, pointer?: string): VerificationMethodId {
  const at = id.indexOf('#');
  const fragment = id.slice(at + 1);
  if (at < 0 || !/^[A-Za-z0-9._-]{1,128}$/.test(fragment))
    throw refuse('schema-violation', 'Not a DID URL with a #fragment that names a key.', pointer);
  const did = parseDid(id.slice(0, at), pointer);
  if (did.method === 'key' && did.identifier !== fragment)
    throw refuse('schema-violation', 'The fragment of a did:key repeats its key.', pointer);
  return { id, did, fragment };
}

/** The did:key of a 32-byte Ed25519 public key (did:key §3.1). */
export function didKeyOf(publicKey: Uint8Array): string {
  return `did:key:${formatPublicKey(publicKey)}`;
}

/** The verification method `did#zK`: for did:key its only one, for a registry the one of this key. */
export function verificationMethodOf(did: string, publicKeyMultibase: string): string {
  return `${did}#${publicKeyMultibase}`;
}

/** Where a did:web publishes its DID document (did:web §3.2): always https. */
export function didWebUrl(did: string, pointer?: string): string {
  const { method, identifier } = parseDid(did, pointer);
  if (method !== 'web') throw refuse('schema-violation', 'Not a did:web.', pointer);
  const [host, ...path] = identifier.split(':');
  const folder = path.length === 0 ? '.well-known' : path.join('/');
  return `https://${host!.replace('%3A', ':')}/${folder}/did.json`;
}

/** The did:web of a site, from its base URL: `https://registry.example:8443/` → `…example%3A8443`. */
export function didWebOf(url: string, pointer?: string): string {
  const parts = /^https?:\/\/([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?((?:\/[A-Za-z0-9._-]+)*)\/?$/.exec(
    url,
  );
  if (!parts) throw refuse('schema-violation', 'Not the base URL of a site.', pointer);
  const [, host, port, path] = parts;
  const did = `did:web:${host!.toLowerCase()}${port ? `%3A${port}` : ''}${path!.replaceAll('/', ':')}`;
  return parseDid(did, pointer).did;
}
