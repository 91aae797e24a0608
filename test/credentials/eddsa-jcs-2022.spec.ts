import {
  createProof,
  nobleCrypto,
  parsePublicKey,
  unsecuredDocument,
  verifyEddsaJcs2022,
  verifyProof,
  type ProofOptions,
} from '#lib/credentials';
import { canonicalBytes, canonicalize, toHex } from '#lib/documents';
import { nodeCrypto, signerOf } from '#lib/keys';
import httpsNamed from '../vectors/eddsa-jcs-2022/alumni-credential-https.json' with { type: 'json' };
import alumni from '../vectors/eddsa-jcs-2022/alumni-credential.json' with { type: 'json' };

const { sha256 } = nodeCrypto;
const options = alumni.options as ProofOptions;
const key = signerOf(alumni.keyPair);
const context = alumni.document['@context'];
const secured = {
  ...alumni.document,
  proof: { ...options, '@context': context, proofValue: alumni.proofValue },
};

describe("the specification's own eddsa-jcs-2022 vector", () => {
  it('has the canonical document and both hashes of the specification', () => {
    expect(canonicalize(alumni.document)).toBe(alumni.canonicalDocument);
    expect(toHex(sha256(canonicalBytes(alumni.document)))).toBe(alumni.documentHash);
    const config = { ...options, '@context': context };
    expect(toHex(sha256(canonicalBytes(config)))).toBe(alumni.proofConfigHash);
  });

  it('is signed over exactly the hash data of the specification', async () => {
    const messages: string[] = [];
    await createProof(sha256, options, alumni.document, (message) => {
      messages.push(toHex(message));
      return key.sign(message);
    });
    expect(messages).toEqual([alumni.hashData]);
  });

  it('gives the proofValue of the specification, byte for byte', async () => {
    const proof = await createProof(sha256, options, alumni.document, key.sign);
    expect(proof).toEqual(secured.proof);
  });

  it.each([
    ['node:crypto', nodeCrypto],
    ['noble', nobleCrypto],
  ])('verifies with %s', async (_name, crypto) => {
    const [signer] = await verifyProof(crypto, secured);
    expect(signer).toEqual({
      did: `did:key:${alumni.keyPair.publicKeyMultibase}`,
      verificationMethod: options.verificationMethod,
      publicKeyMultibase: alumni.keyPair.publicKeyMultibase,
    });
  });

  it('verifies in the edition whose key is named by https', async () => {
    const { document, publicKeyMultibase } = httpsNamed;
    const publicKey = parsePublicKey(publicKeyMultibase);
    for (const crypto of [nodeCrypto, nobleCrypto]) {
      const unsecured = unsecuredDocument(sha256, document);
      expect(await verifyEddsaJcs2022(crypto, unsecured, document.proof, publicKey)).toBe(true);
    }
  });

  it('does not verify when somebody appends a context to the signed document', async () => {
    const appended = { ...secured, '@context': [...context, 'https://evil.example/v1'] };
    await expect(verifyProof(nodeCrypto, appended)).rejects.toMatchObject({
      problem: 'proof-invalid',
      pointer: '/proof',
    });
  });

  it('is not created for another suite or with a date that does not exist', async () => {
    const create = (changed: object) =>
      createProof(sha256, { ...options, ...changed } as ProofOptions, alumni.document, key.sign);
    const refusal = { problem: 'proof-invalid' };
    await expect(create({ cryptosuite: 'eddsa-rdfc-2022' })).rejects.toMatchObject(refusal);
    await expect(create({ type: 'Ed25519Signature2020' })).rejects.toMatchObject(refusal);
    await expect(create({ created: '2026-02-30T00:00:00Z' })).rejects.toMatchObject(refusal);
  });
});
