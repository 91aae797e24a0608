import {
  canonicalBytes,
  checkDocument,
  parseJsonText,
  requireCanonical,
  type EvidenceBundle,
} from '#lib/documents';
import { Problem, refuse } from '#lib/problem';

/** The bytes a bundle may have: room for the 20,000 records of its schema with ordinary proofs. */
export const MAX_BUNDLE_SIZE = 128 * 1024 * 1024;

/**
 * Reads an evidence bundle from its exact bytes: strict JSON, RFC 8785, its schema. What is inside
 * is only read, not believed. Throws `malformed-bundle`, whose detail says what is wrong and whose
 * pointer says where.
 */
export function parseBundle(bytes: Uint8Array): EvidenceBundle {
  if (bytes.length > MAX_BUNDLE_SIZE)
    throw refuse('malformed-bundle', `It has over ${MAX_BUNDLE_SIZE} bytes.`);
  return asBundleProblem('', () => {
    const { value, canonical } = parseJsonText(bytes);
    const bundle = checkDocument('EvidenceBundle', value);
    if (!canonical) requireCanonical(bytes, value);
    return bundle;
  });
}

/** The bytes of a bundle as a file: RFC 8785, so that the same bundle has one digest. */
export function formatBundle(bundle: EvidenceBundle): Uint8Array {
  return canonicalBytes(bundle);
}

/** Runs `read`, so that any Problem in it says `malformed-bundle` and points into the bundle. */
export function asBundleProblem<T>(pointer: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw refuse('malformed-bundle', error.details.detail, pointer + (error.pointer ?? ''));
  }
}
