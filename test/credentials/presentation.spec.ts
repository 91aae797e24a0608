import {
  presentationBy,
  signDocument,
  verifyCredentialRules,
  verifyPresentation,
} from '#lib/credentials';
import { nodeCrypto } from '#lib/keys';
import { aCredential, aParty, CREATED, signedBy } from '../support/signing.js';

const processor = aParty();
const asked = { domain: 'registry.example', challenge: 'b7e5f7c2' };
const present = (presentation: object, answered: object = asked, signer = processor) =>
  signDocument(nodeCrypto.sha256, presentation, signer, {
    created: CREATED,
    proofPurpose: 'authentication',
    ...answered,
  });

describe('a presentation that opens a session', () => {
  it('is accepted for the domain and the challenge that were asked', async () => {
    const presentation = await present(presentationBy(processor.did));
    const verdict = await verifyPresentation(nodeCrypto, presentation, asked);
    expect(verdict.holder).toBe(processor.did);
    expect(verdict.signers.map(({ did }) => did)).toEqual([processor.did]);
  });

  it.each<[string, object, string]>([
    ['replayed at another registry', { ...asked, domain: 'evil.example' }, '/proof/domain'],
    ['replayed for a later challenge', { ...asked, challenge: '00000000' }, '/proof/challenge'],
  ])('is refused when %s', async (_story, expected, pointer) => {
    const presentation = await present(presentationBy(processor.did));
    await expect(
      verifyPresentation(nodeCrypto, presentation, expected as typeof asked),
    ).rejects.toMatchObject({ problem: 'proof-invalid', pointer });
  });

  it('is refused when it never named a domain or challenge', async () => {
    const presentation = await present(presentationBy(processor.did), {});
    await expect(verifyPresentation(nodeCrypto, presentation, asked)).rejects.toMatchObject({
      pointer: '/proof/domain',
    });
  });

  it('is refused when its proof was made to sign statements', async () => {
    const presentation = await signedBy(presentationBy(processor.did), processor);
    await expect(verifyPresentation(nodeCrypto, presentation, asked)).rejects.toMatchObject({
      pointer: '/proof/proofPurpose',
    });
  });

  it('says which key signed, so that the ledger can see it is not the holder’s', async () => {
    const stranger = aParty();
    const presentation = await present(presentationBy(processor.did), asked, stranger);
    const verdict = await verifyPresentation(nodeCrypto, presentation, asked);
    expect(verdict.signers[0]!.did).toBe(stranger.did);
  });

  it.each<[string, object, string]>([
    ['has no holder', { holder: undefined }, '/holder'],
    ['has a holder that is no DID', { holder: 'processor' }, '/holder'],
    ['is typed as something else', { type: ['VerifiableCredential'] }, '/type'],
    ['lacks the base context', { '@context': [] }, '/@context'],
    [
      'carries too many credentials',
      { verifiableCredential: Array(17).fill({}) },
      '/verifiableCredential',
    ],
  ])('is refused when it %s', async (_story, change, pointer) => {
    const presentation = { ...presentationBy(processor.did), ...change };
    await expect(verifyPresentation(nodeCrypto, presentation, asked)).rejects.toMatchObject({
      problem: 'schema-violation',
      pointer,
    });
  });

  it('verifies the credentials inside, and names the forged one', async () => {
    const issuer = aParty();
    const good = await signedBy(aCredential(issuer.did), issuer);
    const withInside = (...verifiableCredential: unknown[]) =>
      present({ ...presentationBy(processor.did), verifiableCredential }).then((presentation) =>
        verifyPresentation(nodeCrypto, presentation, asked),
      );
    await expect(withInside(good, good)).resolves.toMatchObject({ holder: processor.did });
    await expect(withInside(good, { ...good, name: 'forged' })).rejects.toMatchObject({
      problem: 'proof-invalid',
      pointer: '/verifiableCredential/1/proof',
    });
    await expect(withInside({ ...good, issuer: processor.did })).rejects.toMatchObject({
      pointer: '/verifiableCredential/0/proof',
    });
    await expect(withInside('enveloped')).rejects.toMatchObject({
      problem: 'schema-violation',
      pointer: '/verifiableCredential/0',
    });
  });
});

describe('rules of the data model that compare one member with another', () => {
  const credential = { ...aCredential(processor.did), validUntil: '2027-11-22T00:00:00Z' };
  const entry = { statusListCredential: 'https://r.example/status/1', statusListIndex: '7' };

  it('hold for an ordinary credential', () => {
    const credentialStatus = [
      { ...entry, statusPurpose: 'revocation' },
      { ...entry, statusPurpose: 'suspension' },
    ];
    expect(() => verifyCredentialRules({ ...credential, credentialStatus })).not.toThrow();
  });

  it.each<[string, object, string, string]>([
    [
      'ends before it begins',
      { validUntil: '2026-11-21T23:59:59Z' },
      'time-out-of-order',
      '/validUntil',
    ],
    [
      'begins on a day that does not exist',
      { validFrom: '2026-02-30T00:00:00Z' },
      'schema-violation',
      '/validFrom',
    ],
    [
      'ends at a time without offset',
      { validUntil: '2027-01-01T00:00:00' },
      'schema-violation',
      '/validUntil',
    ],
    [
      'puts another context first',
      { '@context': ['https://evil.example'] },
      'schema-violation',
      '/@context',
    ],
    ['is not typed as a credential', { type: 'Certificate' }, 'schema-violation', '/type'],
    [
      'names one status twice',
      { credentialStatus: [entry, entry] },
      'schema-violation',
      '/credentialStatus/1',
    ],
    [
      'has a status that is no object',
      { credentialStatus: 'active' },
      'schema-violation',
      '/credentialStatus',
    ],
    [
      'pins one resource twice',
      { relatedResource: [{ id: 'a' }, { id: 'a' }] },
      'schema-violation',
      '/relatedResource/1',
    ],
  ])('refuse one that %s', (_story, change, problem, pointer) => {
    expect(() => verifyCredentialRules({ ...credential, ...change })).toThrow(
      expect.objectContaining({ problem, pointer }),
    );
  });

  it('take offsets into account when they compare', () => {
    const sameInstant = {
      validFrom: '2026-11-22T08:00:00+08:00',
      validUntil: '2026-11-22T00:00:00Z',
    };
    expect(() => verifyCredentialRules({ ...credential, ...sameInstant })).not.toThrow();
  });
});
