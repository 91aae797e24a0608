import { signDocument, type DataIntegrityProof } from '#lib/credentials';
import { generateKey, nodeCrypto, signerOf, type KeySigner } from '#lib/keys';

/** When every test signs. */
export const CREATED = '2026-11-22T09:00:00Z';

/** A party with a fresh key. */
export function aParty(): KeySigner {
  return signerOf(generateKey());
}

/** An unsigned credential about 500 kg of neodymium oxide. */
export function aCredential(issuer: string) {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential'],
    issuer,
    validFrom: '2026-11-22T08:00:00+08:00',
    credentialSubject: { id: `${issuer}/batches/N-17`, mass: '500.000', unit: 'KGM' },
  };
}

/** The document signed in turn by every signer: a proof set when there are several. */
export async function signedBy<T extends object>(document: T, ...signers: KeySigner[]) {
  let signed: object = document;
  for (const signer of signers)
    signed = await signDocument(nodeCrypto.sha256, signed, signer, { created: CREATED });
  return signed as T & { proof: DataIntegrityProof & DataIntegrityProof[] };
}
