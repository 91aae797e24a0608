const encoder = new TextEncoder();
const PROOF = encoder.encode(',"proof":');
const TYPE = encoder.encode(',"type":[');
const COMMA = 0x2c;

/**
 * The RFC 8785 bytes of a statement without its `proof`, which is what a proof covers: cut out of the
 * statement's own exact bytes, whose form and schema its reader has seen, so that nothing is written
 * and sorted again. In every statement `type` comes next after `proof`; only dates come after both,
 * and neither holds a member of these names. A fault (Error) when the bytes are not of a statement.
 */
export function unsecuredBytes(bytes: Uint8Array): Uint8Array {
  const end = lastMember(bytes, TYPE, bytes.length);
  const start = lastMember(bytes, PROOF, end);
  const unsecured = new Uint8Array(start + bytes.length - end);
  unsecured.set(bytes.subarray(0, start));
  unsecured.set(bytes.subarray(end), start);
  return unsecured;
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
