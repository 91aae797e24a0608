import { checkDocument, parseJson, type Sha256, type Trust } from '#lib/documents';
import { refuse } from '#lib/problem';
import { parseTlogPolicy, parseVerifierKey, SIGNATURE_TYPES } from '#lib/tlog';

/**
 * Reads a trust file: the registries, log keys and witnesses that a verifier believes. People write
 * it by hand, so its bytes need not be canonical; a slip in a key or in the policy is refused here
 * and not found out at the first bundle. Throws `malformed-json`, `schema-violation`,
 * `malformed-note` for a log key, or `malformed-policy`.
 */
export function parseTrust(sha256: Sha256, bytes: Uint8Array): Trust {
  const trust = checkDocument('Trust', parseJson(bytes));
  trust.registries.forEach(({ origin, logKey }, i) => {
    const key = parseVerifierKey(sha256, logKey);
    if (key.name !== origin || key.type !== SIGNATURE_TYPES.ed25519)
      throw refuse(
        'schema-violation',
        `The log key is of "${key.name}", not a plain Ed25519 key of "${origin}".`,
        `/registries/${i}/logKey`,
      );
  });
  if (trust.witnessPolicy !== undefined) parseTlogPolicy(sha256, trust.witnessPolicy);
  return trust;
}
