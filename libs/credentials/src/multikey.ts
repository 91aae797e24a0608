import { base58 } from '@scure/base';
import { refuse } from '#lib/problem';

/** Multicodec `ed25519-pub` as varint (Controlled Identifiers 1.0 §2.2.2, Multikey). */
const ED25519_PUBLIC = [0xed, 0x01];
/** Multicodec `ed25519-priv` as varint; the payload is the 32-byte seed of RFC 8032 §5.1.5. */
const ED25519_SECRET = [0x80, 0x26];

/**
 * The public keys met last, by their text and by their bytes: base58 has no short cut, and every proof
 * of a registry or of a party names its key again, in several places.
 */
const MET_MAX = 4096;
const bytesByText = new Map<string, Uint8Array>();
const textByBytes = new Map<string, string>();

/** The Multikey text of a 32-byte Ed25519 public key: `z6Mk…`. */
export function formatPublicKey(publicKey: Uint8Array): string {
  const name = String.fromCharCode.apply(undefined, publicKey as unknown as number[]);
  const met = textByBytes.get(name);
  return met ?? remember(textByBytes, name, formatMultikey(ED25519_PUBLIC, publicKey));
}

/** The 32 bytes of a public `z6Mk…` Multikey; throws `schema-violation` at `pointer`. */
export function parsePublicKey(multibase: string, pointer?: string): Uint8Array {
  const met = bytesByText.get(multibase);
  if (met) return met.slice();
  const key = parseMultikey(ED25519_PUBLIC, multibase);
  if (key) return remember(bytesByText, multibase, key).slice();
  throw refuse('schema-violation', 'Not an Ed25519 public Multikey (z6Mk…).', pointer);
}

/** The Multikey text of a 32-byte Ed25519 seed: `z3u2…`. A secret: for key files only. */
export function formatSecretKey(seed: Uint8Array): string {
  return formatMultikey(ED25519_SECRET, seed);
}

/** The 32-byte seed of a secret `z3u2…` Multikey; throws `schema-violation` without quoting it. */
export function parseSecretKey(multibase: string, pointer?: string): Uint8Array {
  const seed = parseMultikey(ED25519_SECRET, multibase);
  if (seed) return seed;
  throw refuse('schema-violation', 'Not an Ed25519 secret Multikey (z3u2…).', pointer);
}

/** Bytes as Multibase base58-btc (Controlled Identifiers 1.0 §2.4): `z…`. */
export function formatBase58(bytes: Uint8Array): string {
  return `z${base58.encode(bytes)}`;
}

/** The bytes of a Multibase base58-btc text, or undefined; every value has exactly one spelling. */
export function parseBase58(multibase: string): Uint8Array | undefined {
  if (!multibase.startsWith('z') || multibase.length > 128) return undefined; // attacker-controlled
  try {
    return base58.decode(multibase.slice(1));
  } catch {
    return undefined;
  }
}

function formatMultikey(prefix: readonly number[], key: Uint8Array): string {
  if (key.length !== 32) throw new RangeError(`An Ed25519 key has 32 bytes, not ${key.length}`);
  return formatBase58(Uint8Array.of(...prefix, ...key));
}

function parseMultikey(prefix: readonly number[], multibase: string): Uint8Array | undefined {
  const bytes = parseBase58(multibase);
  const fits = bytes?.length === 34 && bytes[0] === prefix[0] && bytes[1] === prefix[1];
  return fits ? bytes.slice(2) : undefined;
}

/** Forgets the oldest when there are too many; what is met again after that costs no more than once. */
function remember<V>(met: Map<string, V>, name: string, value: V): V {
  if (met.size >= MET_MAX) met.delete(met.keys().next().value!);
  met.set(name, value);
  return value;
}
