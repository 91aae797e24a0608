import fc from 'fast-check';
import {
  didResolver,
  didWebOf,
  didWebUrl,
  formatPublicKey,
  formatSecretKey,
  instantOf,
  isKeyValidAt,
  parseDid,
  parseDidDocument,
  parsePublicKey,
  parseSecretKey,
  parseVerificationMethod,
  registryDidDocument,
  resolveVerificationMethod,
  verifyProof,
} from '#lib/credentials';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import { aCredential, aParty, signedBy } from '../support/signing.js';

const violation = (pointer?: string) =>
  expect.objectContaining({ problem: 'schema-violation', ...(pointer ? { pointer } : {}) });

describe('Multikey', () => {
  it('reads back what it wrote, and begins as the specification says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(formatPublicKey(bytes)).toMatch(/^z6Mk/);
        expect(parsePublicKey(formatPublicKey(bytes))).toEqual(bytes);
        expect(parseSecretKey(formatSecretKey(bytes))).toEqual(bytes);
      }),
    );
  });

  it('is the same when it is read again, whatever was done to the bytes since, however many were read', () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => {
      const bytes = new Uint8Array(32).fill(i % 251);
      bytes[31] = i >> 8;
      return { bytes, text: formatPublicKey(bytes) };
    });
    for (const { bytes, text } of [...keys, ...keys]) {
      const read = parsePublicKey(text);
      expect([...read]).toEqual([...bytes]);
      read.fill(0);
      expect(formatPublicKey(bytes)).toBe(text);
    }
  });

  it('never takes a secret for a public key, nor quotes it in the refusal', () => {
    const { secretKeyMultibase, publicKeyMultibase } = generateKey();
    expect(() => parsePublicKey(secretKeyMultibase, '/key')).toThrow(violation('/key'));
    expect(() => parseSecretKey(publicKeyMultibase, '/key')).toThrow(violation('/key'));
    const spoilt = `${secretKeyMultibase}1`;
    expect(() => parseSecretKey(spoilt)).toThrow(violation());
    expect(() => parseSecretKey(spoilt)).not.toThrow(secretKeyMultibase);
  });

  it('refuses other encodings of the same key', () => {
    const { publicKeyMultibase } = generateKey();
    for (const text of [
      '',
      'z',
      'u7QE',
      publicKeyMultibase.slice(1),
      `z1${publicKeyMultibase.slice(1)}`,
    ])
      expect(() => parsePublicKey(text)).toThrow(violation());
  });

  it('writes only 32-byte keys', () => {
    expect(() => formatPublicKey(new Uint8Array(31))).toThrow(RangeError);
  });
});

describe('DIDs', () => {
  it('are a key of the party or a domain of the registry', () => {
    const { did, publicKeyMultibase } = aParty();
    expect(parseDid(did)).toEqual({ did, method: 'key', identifier: publicKeyMultibase });
    expect(parseDid('did:web:registry.example%3A3000').identifier).toBe('registry.example%3A3000');
  });

  it.each([
    'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc',
    'did:key:',
    'did:ion:abc',
    'did:web:',
    'did:web:Registry.Example',
    'did:web:registry.example:..:secret',
    'did:web:registry.example/path',
    'did:web:user@registry.example',
    'web:registry.example',
    `did:web:${'a'.repeat(400)}`,
  ])('refuses %s', (did) => {
    expect(() => parseDid(did, '/issuer')).toThrow(violation('/issuer'));
  });

  it('name the one key of a did:key by itself, and no other fragment', () => {
    const { did, verificationMethod, publicKeyMultibase } = aParty();
    expect(parseVerificationMethod(verificationMethod).fragment).toBe(publicKeyMultibase);
    for (const id of [did, `${did}#`, `${did}#key-1`, `${did}#${publicKeyMultibase}#x`])
      expect(() => parseVerificationMethod(id, '/vm')).toThrow(violation('/vm'));
  });

  it.each([
    [
      'https://registry.example',
      'did:web:registry.example',
      'https://registry.example/.well-known/did.json',
    ],
    [
      'http://localhost:3000/',
      'did:web:localhost%3A3000',
      'https://localhost:3000/.well-known/did.json',
    ],
    [
      'https://Example.org/eu/registry',
      'did:web:example.org:eu:registry',
      'https://example.org/eu/registry/did.json',
    ],
  ])('map %s to %s', (url, did, document) => {
    expect(didWebOf(url)).toBe(did);
    expect(didWebUrl(did)).toBe(document);
  });

  it('map neither a did:key nor a file to a site', () => {
    expect(() => didWebUrl(aParty().did, '/issuer')).toThrow(violation('/issuer'));
    for (const url of ['file:///etc/passwd', 'https://a.example/?q', 'https://u:p@a.example'])
      expect(() => didWebOf(url, '/url')).toThrow(violation('/url'));
  });
});

describe('the DID document of a registry', () => {
  const did = 'did:web:registry.example';
  const [old, current] = [generateKey(), generateKey()];
  const document = registryDidDocument(did, [
    { publicKeyMultibase: old.publicKeyMultibase, revoked: '2026-06-01T00:00:00Z' },
    { publicKeyMultibase: current.publicKeyMultibase, expires: '2027-01-01T00:00:00Z' },
  ]);

  it('keeps a retired key, so that what it signed still verifies', async () => {
    const signed = await signedBy(aCredential(did), signerOf(old, did));
    const signers = await verifyProof(nodeCrypto, signed, didResolver([document]));
    expect(signers[0]!.verificationMethod).toBe(`${did}#${old.publicKeyMultibase}`);
    const method = resolveVerificationMethod(
      [document],
      signers[0]!.verificationMethod,
      'assertionMethod',
    )!;
    expect(isKeyValidAt(method, '2026-05-31T23:59:59.999Z')).toBe(true);
    expect(isKeyValidAt(method, '2026-06-01T00:00:00Z')).toBe(false);
    expect(isKeyValidAt(method, 'whenever')).toBe(false);
  });

  it('does not vouch for a key that it does not list', async () => {
    const signed = await signedBy(aCredential(did), signerOf(generateKey(), did));
    await expect(verifyProof(nodeCrypto, signed, didResolver([document]))).rejects.toMatchObject({
      problem: 'proof-invalid',
      pointer: '/proof/verificationMethod',
    });
  });

  it('does not lend a key for a purpose that it does not list', async () => {
    const narrow = { ...document, assertionMethod: [document.assertionMethod[0]!] };
    const signed = await signedBy(aCredential(did), signerOf(current, did));
    await expect(verifyProof(nodeCrypto, signed, didResolver([narrow]))).rejects.toMatchObject({
      problem: 'proof-invalid',
    });
  });

  it('is read back as it was written', () => {
    expect(parseDidDocument(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  const method = document.verificationMethod[0]!;
  it.each<[string, unknown, string]>([
    ['nothing', null, '/didDocument'],
    ['a text', 'did:web:x', '/didDocument'],
    ['no DID', { ...document, id: 'registry' }, '/didDocument/id'],
    ['no keys', { ...document, verificationMethod: {} }, '/didDocument/verificationMethod'],
    ['no purposes', { ...document, assertionMethod: undefined }, '/didDocument/assertionMethod'],
    [
      'a key of another controller',
      { ...document, verificationMethod: [{ ...method, controller: 'did:web:other.example' }] },
      '/didDocument/verificationMethod/0',
    ],
    [
      'a key named under another DID',
      { ...document, verificationMethod: [{ ...method, id: 'did:web:other.example#a' }] },
      '/didDocument/verificationMethod/0/id',
    ],
    [
      'a key that is none',
      { ...document, verificationMethod: [{ ...method, publicKeyMultibase: 'z6MkNone' }] },
      '/didDocument/verificationMethod/0/publicKeyMultibase',
    ],
    [
      'a revocation at no time',
      { ...document, verificationMethod: [{ ...method, revoked: 'soon' }] },
      '/didDocument/verificationMethod/0/revoked',
    ],
    [
      'two keys under one name',
      { ...document, verificationMethod: [method, method] },
      '/didDocument/verificationMethod',
    ],
  ])('is refused when it has %s', (_what, value, pointer) => {
    expect(() => parseDidDocument(value, '/didDocument')).toThrow(violation(pointer));
  });
});

describe('instants', () => {
  it.each(['2026-02-28T23:59:59Z', '2024-02-29T00:00:00.123456789+05:30'])('reads %s', (text) => {
    expect(instantOf(text)).toBe(Date.parse(text));
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01',
    '2026-01-00T00:00:00Z',
    17,
    null,
  ])('reads no instant in %p', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });

  it('knows every day that there is, and no other', () => {
    const days = fc.record({
      year: fc.constantFrom(1, 4, 100, 400, 1900, 1999, 2000, 2024, 2026, 2100, 9999),
      month: fc.integer({ min: 0, max: 13 }),
      day: fc.integer({ min: 0, max: 32 }),
    });
    fc.assert(
      fc.property(days, ({ year, month, day }) => {
        const [y, m, d] = [String(year).padStart(4, '0'), month, day].map((n) =>
          String(n).padStart(2, '0'),
        );
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        const expected = exists ? date.getTime() : undefined;
        expect(instantOf(`${y}-${m}-${d}T00:00:00Z`)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
