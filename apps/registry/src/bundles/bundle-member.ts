import { canonicalBytes, type EvidenceBundle, type Json } from '#lib/documents';
import { Problem, refuse } from '#lib/problem';
import { parseBundle } from '#lib/verification';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The exact bytes of an evidence bundle that came inside another body: base64 text, or the object
 * itself, whose bytes are RFC 8785 as those of the file. Throws `malformed-bundle`.
 */
export function bundleBytes(member: Json | undefined, pointer: string): Uint8Array {
  if (typeof member === 'string' && member.length > 0 && BASE64.test(member))
    return new Uint8Array(Buffer.from(member, 'base64'));
  if (typeof member === 'object' && member !== null && !Array.isArray(member))
    return canonicalBytes(member);
  throw refuse('malformed-bundle', 'The bundle is neither base64 nor a JSON object.', pointer);
}

/** As `parseBundle`, with pointers that begin where the bundle stands in the body. */
export function parseBundleAt(pointer: string, bytes: Uint8Array): EvidenceBundle {
  try {
    return parseBundle(bytes);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw refuse(error.problem, error.details.detail, pointer + (error.pointer ?? ''));
  }
}
