import { canonicalBytes } from './canonical.js';
import type { Sha256 } from './crypto.js';
import type { Statement } from './generated/types.js';
import { toHex } from './hex.js';

const encoder = new TextEncoder();
const PROOF = encoder.encode(',"proof":');
const TYPE = encoder.encode(',"type":[');
const PAYLOAD = encoder.encode('{"payload":');
const SIGNERS = encoder.encode(',"signers":');
const END = encoder.encode('}');
const COMMA = 0x2c;

/**
 * What is hashed is put together here, again and again: fresh memory for each input would cost as
 * much as to hash it. SHA-256 is synchronous, so nobody else can come between.
 */
let input = new Uint8Array(16_384);

/**
 * SHA-256 of the RFC 8785 bytes of a statement without its `proof`, which is what a proof covers. They
 * are cut out of the statement's own exact bytes, whose form and schema its reader has seen, so that
 * nothing is written and sorted again. A fault (Error) when the bytes are not of a statement.
 */
export function unsecuredHash(sha256: Sha256, bytes: Uint8Array): Uint8Array {
  return sha256(joined(unsecuredParts(bytes)));
}

/**
 * What makes a statement the same however often it is signed again: SHA-256, hex, over RFC 8785 of
 * `{payload, signers}`, the payload without `proof` and the signers' Multikeys sorted and unique.
 * Whoever has the exact bytes of the statement gives them too, and nothing is written again.
 */
export function statementIdentity(
  sha256: Sha256,
  statement: Statement,
  publicKeys: readonly string[],
  bytes?: Uint8Array,
): string {
  const signers = canonicalBytes([...new Set(publicKeys)].sort());
  const payload = bytes ? unsecuredParts(bytes) : [payloadBytes(statement)];
  return toHex(sha256(joined([PAYLOAD, ...payload, SIGNERS, signers, END])));
}

function payloadBytes({ proof: _proof, ...payload }: Statement): Uint8Array {
  return canonicalBytes(payload);
}

/**
 * What stands before `proof` and what after it. In every statement `type` comes next after `proof`;
 * only dates come after both, and neither holds a member of these names.
 */
function unsecuredParts(bytes: Uint8Array): [before: Uint8Array, after: Uint8Array] {
  const end = lastMember(bytes, TYPE, bytes.length);
  const start = lastMember(bytes, PROOF, end);
  return [bytes.subarray(0, start), bytes.subarray(end)];
}

/**
 * Where the last member of a name begins, before an offset, with the comma before it. Inside a string
 * its quotes would have a backslash.
 */
function lastMember(bytes: Uint8Array, name: Uint8Array, before: number): number {
  let at = before;
  while (at > 0) {
    at = bytes.lastIndexOf(COMMA, at - 1);
    if (at > 0 && holdsAt(bytes, name, at)) return at;
  }
  throw new Error('The bytes are not those of a statement');
}

function holdsAt(bytes: Uint8Array, name: Uint8Array, at: number): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

/** The parts one behind the other, until the next are joined. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  if (size > input.length) input = new Uint8Array(2 * size);
  let offset = 0;
  for (const part of parts) {
    input.set(part, offset);
    offset += part.length;
  }
  return input.subarray(0, size);
}
