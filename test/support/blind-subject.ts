import { blindedDigest, type Disclosure, type Json } from '#lib/documents';
import { sha256 } from './memory-keys.js';

/** A subject with the values at the JSON Pointers blinded, and what opens them again. */
export function blindSubject(
  subject: Record<string, unknown>,
  pointers: readonly string[],
  nextSalt: () => string,
) {
  const credentialSubject = structuredClone(subject) as Record<string, Json>;
  const disclosures = pointers.map((pointer): Disclosure => {
    const path = pointer.split('/').slice(1);
    const name = path.pop()!;
    const holder = path.reduce<Json>(
      (value, step) => (value as Record<string, Json>)[step]!,
      credentialSubject,
    ) as Record<string, Json>;
    const [salt, value] = [nextSalt(), holder[name]!];
    holder[name] = { blinded: blindedDigest(sha256, salt, value) };
    return { salt, value };
  });
  return { credentialSubject, disclosures };
}
