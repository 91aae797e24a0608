import { base64urlnopad } from '@scure/base';
import { gunzipSync, gzipSync } from 'fflate';
import type { BitstringStatusListEntry } from '#lib/documents';
import { refuse } from '#lib/problem';
import { CREDENTIALS_V2, listOf } from './credential.js';

/** `revocation` is final, `suspension` can be lifted (Bitstring Status List 1.0 §2.1). */
export type StatusPurpose = 'revocation' | 'suspension';

/** The unsigned status list credential (Bitstring Status List 1.0 §2.2). */
export interface StatusListCredential {
  '@context': string[];
  id: string;
  type: string[];
  issuer: string;
  validFrom: string;
  validUntil?: string;
  credentialSubject: {
    id: string;
    type: 'BitstringStatusList';
    statusPurpose: StatusPurpose;
    encodedList: string;
  };
}

/** What a list says of an entry; `unknown` when the two do not fit or the list cannot be read. */
export interface StatusFinding {
  status: 'clear' | 'raised' | 'unknown';
  purpose: string;
  detail: string;
}

/** 131,072 entries, 16 KiB: the least size, so that a list hides whom it speaks of (§6.1). */
export const MIN_STATUS_ENTRIES = 131_072;
/** A bound on what a stranger's list may unpack to. */
const MAX_STATUS_ENTRIES = 16_777_216;
const MAX_ENCODED_LENGTH = 400_000;
const LIST_TYPE = 'BitstringStatusListCredential';
const INDEX = /^(0|[1-9][0-9]{0,8})$/;

/**
 * Bitstring Status List 1.0 §3.3: the bitstring with the given indexes raised, index 0 the left-most
 * bit, GZIP-compressed and Multibase base64url. The same set gives the same text everywhere. An
 * index outside `length` is a fault (RangeError).
 */
export function formatStatusList(raised: Iterable<number>, length = MIN_STATUS_ENTRIES): string {
  if (length < MIN_STATUS_ENTRIES || length > MAX_STATUS_ENTRIES || length % 8 !== 0)
    throw new RangeError(`A status list cannot have ${length} entries`);
  const bits = new Uint8Array(length / 8);
  for (const index of raised) {
    if (!Number.isInteger(index) || index < 0 || index >= length)
      throw new RangeError(`Index ${index} is outside a list of ${length} entries`);
    bits[index >> 3]! |= 0x80 >> (index & 7);
  }
  // No modification time in the GZIP header: pure code has no clock.
  return `u${base64urlnopad.encode(gzipSync(bits, { level: 9, mtime: 0 }))}`;
}

/**
 * Bitstring Status List 1.0 §3.4: the bitstring behind an `encodedList`, 8 entries a byte. Throws
 * `schema-violation` when it is not multibase `u`, not GZIP, or of a size out of bounds.
 */
export function parseStatusList(encodedList: string): Uint8Array {
  if (!encodedList.startsWith('u') || encodedList.length > MAX_ENCODED_LENGTH)
    throw notAList('Not Multibase base64url of bounded length.');
  try {
    const compressed = base64urlnopad.decode(encodedList.slice(1));
    // ISIZE (RFC 1952 §2.3.1) is attacker-controlled: it is bounded before memory is taken for it.
    const size = new DataView(compressed.buffer, compressed.byteOffset).getUint32(
      compressed.length - 4,
      true,
    );
    if (size * 8 >= MIN_STATUS_ENTRIES && size * 8 <= MAX_STATUS_ENTRIES) {
      const bits = gunzipSync(compressed, { out: new Uint8Array(size + 1) });
      if (bits.length === size) return bits;
    }
  } catch {
    throw notAList('Not GZIP under base64url.');
  }
  throw notAList(`Not between ${MIN_STATUS_ENTRIES} and ${MAX_STATUS_ENTRIES} entries.`);
}

/** What the unsigned status list credential is made from. */
export interface StatusListOptions {
  /** Where the credential is served; entries name it as `statusListCredential`. */
  url: string;
  issuer: string;
  purpose: StatusPurpose;
  validFrom: string;
  validUntil?: string;
  /** The indexes whose status is raised. */
  raised: Iterable<number>;
  /** Number of entries, a multiple of 8; default and least 131,072. */
  length?: number;
}

/** The unsigned credential that publishes a list for one purpose (§2.2); the registry signs it. */
export function statusListCredential(options: StatusListOptions): StatusListCredential {
  const { url, issuer, purpose, validFrom, validUntil, raised, length } = options;
  return {
    '@context': [CREDENTIALS_V2],
    id: url,
    type: ['VerifiableCredential', LIST_TYPE],
    issuer,
    validFrom,
    ...(validUntil === undefined ? {} : { validUntil }),
    credentialSubject: {
      id: `${url}#list`,
      type: 'BitstringStatusList',
      statusPurpose: purpose,
      encodedList: formatStatusList(raised, length),
    },
  };
}

/** The entry that a certificate carries for one purpose (§2.1). */
export function statusEntry(
  url: string,
  purpose: StatusPurpose,
  index: number,
): BitstringStatusListEntry {
  return {
    id: `${url}#${index}`,
    type: 'BitstringStatusListEntry',
    statusPurpose: purpose,
    statusListIndex: String(index),
    statusListCredential: url,
  };
}

/**
 * Bitstring Status List 1.0 §3.2, Validate: what the list says of the entry. Never throws. The
 * list's own signature and validity are checked apart, as of any credential.
 */
export function inspectStatus(list: object, entry: object): StatusFinding {
  const { id, type, credentialSubject } = list as Partial<StatusListCredential>;
  const {
    statusListCredential: url,
    statusListIndex,
    statusPurpose,
  } = entry as BitstringStatusListEntry;
  const purpose = typeof statusPurpose === 'string' ? statusPurpose : 'status';
  const unknown = (detail: string): StatusFinding => ({ status: 'unknown', purpose, detail });
  if (typeof url !== 'string' || id !== url || !listOf(type).includes(LIST_TYPE))
    return unknown('This is not the status list that the entry names.');
  if (!listOf(credentialSubject?.statusPurpose).includes(statusPurpose))
    return unknown(`The list does not speak of ${purpose}.`);
  if (typeof statusListIndex !== 'string' || !INDEX.test(statusListIndex))
    return unknown('The index is not a base-10 string.');
  try {
    const bits = parseStatusList(String(credentialSubject?.encodedList));
    const index = Number(statusListIndex);
    if (index >= bits.length * 8) return unknown(`The list has no index ${index}.`);
    const raised = (bits[index >> 3]! & (0x80 >> (index & 7))) !== 0;
    const detail = `${purpose} is ${raised ? 'raised' : 'not raised'} at index ${index} of ${url}.`;
    return { status: raised ? 'raised' : 'clear', purpose, detail };
  } catch (error) {
    return unknown(`The list cannot be read: ${(error as Error).message}`);
  }
}

function notAList(detail: string) {
  return refuse('schema-violation', detail, '/credentialSubject/encodedList');
}
