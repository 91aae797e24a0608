import { randomBytes } from 'node:crypto';
import { signDocument } from '#lib/credentials';
import { blindedDigest, canonicalBytes, type Disclosure, type Json } from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';

/** How a statement is signed beyond its issuer, and what is blinded. */
export interface SayOptions {
  /** Further signers of the proof set. */
  with?: readonly KeySigner[];
  /** Paths into the subject, as `outputs/0/lot`. */
  blind?: readonly string[];
  /** RFC 3339; default now. */
  created?: string;
}

const CONTEXT = ['https://www.w3.org/ns/credentials/v2', 'https://lodestone.example/contexts/v1'];

/** The exact bytes of a submission, signed by its issuer and whoever else. */
export async function submission(
  issuer: KeySigner,
  type: string,
  subject: Record<string, unknown>,
  options: SayOptions = {},
): Promise<Uint8Array> {
  const { credentialSubject, disclosures } = blinded(subject, options.blind ?? []);
  const created = options.created ?? now();
  let statement: object = {
    '@context': CONTEXT,
    type: ['VerifiableCredential', type],
    issuer: issuer.did,
    validFrom: created,
    credentialSubject,
  };
  for (const signer of [issuer, ...(options.with ?? [])])
    statement = await signDocument(nodeCrypto.sha256, statement, signer, { created });
  return canonicalBytes({ disclosures, statement });
}

/** RFC 3339, so many days ago. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

/** The full-date, so many days ago; negative for the future. */
export function dateDaysAgo(days: number): string {
  return daysAgo(days).slice(0, 10);
}

/** RFC 3339, to the second. */
export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function blinded(subject: Record<string, unknown>, paths: readonly string[]) {
  const credentialSubject = structuredClone(subject);
  const disclosures = paths.map((at): Disclosure => {
    const names = at.split('/');
    const last = names.pop()!;
    const holder = names.reduce<unknown>(
      (node, name) => (node as Record<string, unknown>)[name],
      credentialSubject,
    ) as Record<string, unknown>;
    const salt = randomBytes(16).toString('base64url');
    const value = holder[last] as Json;
    holder[last] = { blinded: blindedDigest(nodeCrypto.sha256, salt, value) };
    return { salt, value };
  });
  return { credentialSubject, disclosures };
}
