import { signDocument } from '#lib/credentials';
import { blindedDigest, canonicalBytes, type Disclosure, type Json } from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';

const CONTEXT = ['https://www.w3.org/ns/credentials/v2', 'https://lodestone.example/contexts/v1'];

/** What a party says: the subject of its statement, what stays secret in it, and who signs too. */
export interface Saying {
  issuer: KeySigner;
  type: string;
  subject: Record<string, Json>;
  /** Signs beside the issuer. */
  with?: KeySigner;
  /** Disclosures of values that already stand blinded in the subject. */
  disclosures?: Disclosure[];
}

/** The exact bytes of the body of `POST /statements`, really signed. */
export async function signedBody(saying: Saying, created: string): Promise<Uint8Array> {
  const { issuer, type, subject, disclosures = [] } = saying;
  let statement: object = {
    '@context': CONTEXT,
    type: ['VerifiableCredential', type],
    issuer: issuer.did,
    validFrom: created,
    credentialSubject: subject,
  };
  for (const signer of saying.with ? [issuer, saying.with] : [issuer])
    statement = await signDocument(nodeCrypto.sha256, statement, signer, { created });
  return canonicalBytes({ disclosures, statement });
}

/** A value as it stands blinded in a statement, and what opens it. */
export function blind(salt: string, value: Json): { blinded: Json; disclosure: Disclosure } {
  const blinded = blindedDigest(nodeCrypto.sha256, salt, value);
  return { blinded: { blinded }, disclosure: { salt, value } };
}
