import { refuse } from '#lib/problem';
import { instantOf } from './date-time.js';

/** The base context of VC Data Model 2.0 (§4.3): first in the list of every credential. */
export const CREDENTIALS_V2 = 'https://www.w3.org/ns/credentials/v2';

/**
 * Throws unless the credential keeps those rules of VC Data Model 2.0 that compare one member with
 * another, which a JSON Schema cannot: `time-out-of-order` when it ends before it begins (§4.9),
 * `schema-violation` when its base context is not first (§4.3), it is not typed as a credential
 * (§4.5), a date is no dateTimeStamp (§4.9), or two status entries or related resources share what
 * must be unique (§4.10, §5.3).
 */
export function verifyCredentialRules(credential: object): void {
  const members = credential as Record<string, unknown>;
  if (listOf(members['@context'])[0] !== CREDENTIALS_V2)
    throw refuse('schema-violation', `The first context is not ${CREDENTIALS_V2}.`, '/@context');
  if (!listOf(members.type).includes('VerifiableCredential'))
    throw refuse('schema-violation', 'The type lacks VerifiableCredential.', '/type');
  requireOrder(members.validFrom, members.validUntil);
  requireUnique(members.credentialStatus, '/credentialStatus', (entry) => [
    entry.statusListCredential,
    entry.statusListIndex,
    entry.statusPurpose,
  ]);
  requireUnique(members.relatedResource, '/relatedResource', ({ id }) => [id]);
}

/** A JSON-LD value as the list it stands for: nothing, one item, or a list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function requireOrder(validFrom: unknown, validUntil: unknown): void {
  const [from, until] = [instantOf(validFrom), instantOf(validUntil)];
  if (validFrom !== undefined && from === undefined)
    throw refuse('schema-violation', 'Not an RFC 3339 date-time with offset.', '/validFrom');
  if (validUntil !== undefined && until === undefined)
    throw refuse('schema-violation', 'Not an RFC 3339 date-time with offset.', '/validUntil');
  if (from !== undefined && until !== undefined && until < from)
    throw refuse('time-out-of-order', 'validUntil lies before validFrom.', '/validUntil');
}

function requireUnique(
  value: unknown,
  pointer: string,
  keyOf: (item: Record<string, unknown>) => unknown[],
): void {
  const seen = new Set<string>();
  listOf(value).forEach((item, i) => {
    const at = Array.isArray(value) ? `${pointer}/${i}` : pointer;
    if (typeof item !== 'object' || item === null)
      throw refuse('schema-violation', 'Not a JSON object.', at);
    const key = JSON.stringify(keyOf(item as Record<string, unknown>));
    if (seen.has(key)) throw refuse('schema-violation', 'The same entry stands here twice.', at);
    seen.add(key);
  });
}
