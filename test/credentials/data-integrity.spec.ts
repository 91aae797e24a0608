import {
  MAX_PROOFS,
  requireIssuerSigned,
  resolveDidKey,
  signDocument,
  verifyProof,
} from '#lib/credentials';
import { nodeCrypto } from '#lib/keys';
import { aCredential, aParty, CREATED, signedBy } from '../support/signing.js';

const shipper = aParty();
const receiver = aParty();
const invalid = (pointer: string) => ({ problem: 'proof-invalid', pointer });

describe('a statement signed by one party', () => {
  it('verifies, and says whose key signed it', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper);
    expect(await verifyProof(nodeCrypto, signed)).toEqual([
      {
        did: shipper.did,
        verificationMethod: shipper.verificationMethod,
        publicKeyMultibase: shipper.publicKeyMultibase,
      },
    ]);
  });

  const subject = { id: 'urn:lot', mass: '500.001', unit: 'KGM' };
  it.each<[string, object]>([
    ['a heavier mass', { credentialSubject: subject }],
    ['another issuer', { issuer: receiver.did }],
    ['an earlier date', { validFrom: '2025-11-22T08:00:00+08:00' }],
    ['the same instant in another offset', { validFrom: '2026-11-22T00:00:00Z' }],
    ['a further member', { name: 'Certificate' }],
    ['another type', { type: ['VerifiableCredential', 'Certificate'] }],
    ['another context', { '@context': ['https://evil.example/v1'] }],
    ['no type', { type: [] }],
  ])('no longer verifies with %s', async (_what, change) => {
    const signed = await signedBy(aCredential(shipper.did), shipper);
    await expect(verifyProof(nodeCrypto, { ...signed, ...change })).rejects.toMatchObject(
      invalid('/proof'),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another time of signing', { created: '2026-11-22T09:00:01Z' }, '/proof'],
    ['a time that is none', { created: 'yesterday' }, '/proof'],
    ['another suite', { cryptosuite: 'eddsa-rdfc-2022' }, '/proof'],
    ['another proof type', { type: 'Ed25519Signature2020' }, '/proof'],
    ['no signature', { proofValue: undefined }, '/proof'],
    ['a signature in hex', { proofValue: 'f00' }, '/proof'],
    ['a signature outside base58', { proofValue: 'z0OIl' }, '/proof'],
    ['a signature of endless length', { proofValue: `z${'1'.repeat(5000)}` }, '/proof'],
    ['a shorter context', { '@context': [] }, '/proof'],
    ['no context', { '@context': undefined }, '/proof'],
    ['a further member', { nonce: '1' }, '/proof'],
    ['the purpose of a session', { proofPurpose: 'authentication' }, '/proof/proofPurpose'],
    ['a key of somebody else', { verificationMethod: aParty().verificationMethod }, '/proof'],
    ['no key', { verificationMethod: undefined }, '/proof/verificationMethod'],
    [
      'a key in an unknown registry',
      { verificationMethod: 'did:web:x.example#a' },
      '/proof/verificationMethod',
    ],
    ['an expiry', { expires: '2030-01-01T00:00:00Z' }, '/proof/expires'],
    ['an earlier proof to build on', { previousProof: 'urn:uuid:1' }, '/proof/previousProof'],
  ])('is refused when its proof has %s', async (_what, change, pointer) => {
    const signed = await signedBy(aCredential(shipper.did), shipper);
    const proof = JSON.parse(JSON.stringify({ ...signed.proof, ...change })) as object;
    await expect(verifyProof(nodeCrypto, { ...signed, proof })).rejects.toMatchObject(
      invalid(pointer),
    );
  });

  it('is refused when it has no proof, an empty set, or proofs that are no objects', async () => {
    const document = aCredential(shipper.did);
    for (const [proof, pointer] of [
      [undefined, '/proof'],
      [[], '/proof'],
      [null, '/proof'],
      ['z123', '/proof'],
      [[[]], '/proof/0'],
    ] as const)
      await expect(verifyProof(nodeCrypto, { ...document, proof })).rejects.toMatchObject(
        invalid(pointer),
      );
  });

  it('names the member when the key is no DID URL', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper);
    const proof = { ...signed.proof, verificationMethod: `${shipper.did}#key-1` };
    await expect(verifyProof(nodeCrypto, { ...signed, proof })).rejects.toMatchObject({
      problem: 'schema-violation',
      pointer: '/proof/verificationMethod',
    });
  });

  it('points into the document when that is not JSON', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper);
    await expect(verifyProof(nodeCrypto, { ...signed, mass: NaN })).rejects.toMatchObject({
      problem: 'malformed-json',
      pointer: '/mass',
    });
  });

  it('lets a fault of the key store through as a fault', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper);
    const away = () => Promise.reject(new Error('connection reset'));
    await expect(verifyProof(nodeCrypto, signed, away)).rejects.toThrow('connection reset');
  });
});

describe('a handover signed by both sides', () => {
  it('verifies as a proof set, whoever signed first', async () => {
    for (const order of [
      [shipper, receiver],
      [receiver, shipper],
    ]) {
      const signed = await signedBy(aCredential(shipper.did), ...order);
      const signers = await verifyProof(nodeCrypto, signed);
      expect(signers.map(({ did }) => did)).toEqual(order.map(({ did }) => did));
    }
  });

  it('still verifies when the proofs are reordered, for order means nothing in a set', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper, receiver);
    const reordered = { ...signed, proof: signed.proof.toReversed() };
    expect(await verifyProof(nodeCrypto, reordered)).toHaveLength(2);
  });

  it('names the one signature that is bad', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper, receiver);
    const [first, second] = signed.proof as unknown as { proofValue: string }[];
    const proof = [first, { ...second, proofValue: first!.proofValue }];
    await expect(verifyProof(nodeCrypto, { ...signed, proof })).rejects.toMatchObject(
      invalid('/proof/1'),
    );
  });

  it('is refused when one key signed twice, posing as two parties', async () => {
    const signed = await signedBy(aCredential(shipper.did), shipper, receiver, shipper);
    await expect(verifyProof(nodeCrypto, signed)).rejects.toMatchObject(invalid('/proof/2'));
  });

  it('is refused when the set is larger than any deal has parties', async () => {
    const many = Array.from({ length: MAX_PROOFS + 1 }, aParty);
    const signed = await signedBy(aCredential(shipper.did), ...many);
    await expect(verifyProof(nodeCrypto, signed)).rejects.toMatchObject(invalid('/proof'));
  });

  it('cannot be made from signatures over different documents', async () => {
    const ours = await signedBy(aCredential(shipper.did), shipper);
    const theirs = await signedBy({ ...aCredential(shipper.did), name: 'other' }, receiver);
    const spliced = { ...ours, proof: [ours.proof, theirs.proof] };
    await expect(verifyProof(nodeCrypto, spliced)).rejects.toMatchObject(invalid('/proof/1'));
  });
});

describe('the issuer', () => {
  it('is among the signers, or the document says nothing in its name', async () => {
    const document = await signedBy(aCredential(shipper.did), receiver);
    const signers = await verifyProof(nodeCrypto, document);
    expect(() => requireIssuerSigned(document, signers)).toThrow(
      expect.objectContaining(invalid('/proof')),
    );
    expect(() => requireIssuerSigned({ issuer: { id: receiver.did } }, signers)).not.toThrow();
    expect(() => requireIssuerSigned({ issuer: null }, signers)).toThrow();
  });
});

describe('a proof with an expiry', () => {
  it('holds until then by the verifier’s clock, and not after', async () => {
    const signed = await signDocument(nodeCrypto.sha256, aCredential(shipper.did), shipper, {
      created: CREATED,
      expires: '2026-11-23T00:00:00Z',
    });
    const verifyAt = (at: string) => verifyProof(nodeCrypto, signed, resolveDidKey, { at });
    await expect(verifyAt('2026-11-22T23:59:59Z')).resolves.toHaveLength(1);
    await expect(verifyAt('2026-11-23T00:00:00Z')).rejects.toMatchObject(invalid('/proof/expires'));
  });
});
