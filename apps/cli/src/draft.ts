import { randomBytes } from 'node:crypto';
import { base64urlnopad } from '@scure/base';
import { signDocument, type DataIntegrityProof } from '#lib/credentials';
import {
  blindedDigest,
  canonicalBytes,
  STATEMENT_CONTEXTS,
  type Disclosure,
  type Json,
} from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';

/** A statement under way: what POST /statements takes, with or without its proofs. */
export interface Draft {
  disclosures: Disclosure[];
  statement: DraftStatement;
}

/** A VC 2.0 statement whose proofs may still be missing. */
export interface DraftStatement {
  '@context': readonly string[];
  id?: string;
  type: readonly [string, string];
  issuer: string;
  validFrom: string;
  credentialSubject: Record<string, Json>;
  proof?: DataIntegrityProof | DataIntegrityProof[];
}

/** An unsigned statement of a type, by an issuer, valid from now. */
export function draftStatement(
  type: string,
  issuer: string,
  subject: Record<string, Json>,
): DraftStatement {
  return {
    '@context': STATEMENT_CONTEXTS,
    type: ['VerifiableCredential', type],
    issuer,
    validFrom: secondsNow(),
    credentialSubject: subject,
  };
}

/**
 * Blinds the values at the JSON Pointers (RFC 6901): each is replaced by its salted digest and
 * moves to the disclosures, with a fresh 128-bit salt.
 */
export function blind(statement: DraftStatement, pointers: readonly string[]): Draft {
  const copy = structuredClone(statement);
  const disclosures = pointers.map((pointer) => {
    const { holder, name } = locate(copy, pointer);
    const disclosure = {
      salt: base64urlnopad.encode(randomBytes(16)),
      value: holder[name] as Json,
    };
    holder[name] = { blinded: blindedDigest(nodeCrypto.sha256, disclosure.salt, disclosure.value) };
    return disclosure;
  });
  return { disclosures, statement: copy };
}

/** Adds one proof per signer to the proof set: each signs the same unsecured statement. */
export async function signDraft(draft: Draft, signers: readonly KeySigner[]): Promise<Draft> {
  let { statement } = draft;
  for (const signer of signers)
    statement = await signDocument(nodeCrypto.sha256, statement, signer, { created: secondsNow() });
  return { ...draft, statement };
}

/** The exact bytes to submit: RFC 8785 of the whole submission. */
export function formatDraft(draft: Draft): Uint8Array {
  return canonicalBytes(draft);
}

function locate(root: object, pointer: string): { holder: Record<string, unknown>; name: string } {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = path.pop();
  const holder = path.reduce<unknown>(
    (at, part) => (at as Record<string, unknown> | undefined)?.[part],
    root,
  );
  if (name === undefined || holder === null || typeof holder !== 'object' || !(name in holder))
    throw new Error(`nothing to blind at ${pointer}`);
  return { holder: holder as Record<string, unknown>, name };
}

/** RFC 3339 UTC to the second: finer times in a signature help nobody. */
export function secondsNow(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
