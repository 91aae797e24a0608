import fc from 'fast-check';
import {
  formatPublicKey,
  formatSecretKey,
  isAdmissibleSignature,
  nobleCrypto,
  requireRegistrableKey,
} from '#lib/credentials';
import { fromHex, toHex } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import {
  edgeVectors,
  honest,
  mixedOrderSignature,
  SMALL_ORDER,
  TORSION,
  type EdgeVector,
} from '../support/ed25519-vectors.js';
import speccheck from '../vectors/ed25519/speccheck.json' with { type: 'json' };
import rfc8032 from '../vectors/rfc8032/ed25519.json' with { type: 'json' };

const verifyBoth = ({ publicKey, message, signature }: Omit<EdgeVector, 'name'>) =>
  Promise.all([
    nodeCrypto.verifyEd25519(publicKey, message, signature),
    nobleCrypto.verifyEd25519(publicKey, message, signature),
  ]);

const bytesOf = (vector: { publicKey: string; message: string; signature: string }) => ({
  publicKey: fromHex(vector.publicKey),
  message: fromHex(vector.message),
  signature: fromHex(vector.signature),
});

describe('Ed25519 as RFC 8032 §7.1 has it', () => {
  it.each(rfc8032.vectors)(
    '$name is signed as in the RFC and verifies on both sides',
    async (v) => {
      const signer = signerOf({
        secretKeyMultibase: formatSecretKey(fromHex(v.secretKey)),
        publicKeyMultibase: formatPublicKey(fromHex(v.publicKey)),
      });
      expect(toHex(signer.sign(fromHex(v.message)))).toBe(v.signature);
      expect(await verifyBoth(bytesOf(v))).toEqual([true, true]);
    },
  );
});

describe('one verdict on every crafted signature', () => {
  it.each(speccheck.vectors)('speccheck $name', async (vector) => {
    expect(await verifyBoth(bytesOf(vector))).toEqual([vector.admitted, vector.admitted]);
  });

  it('node:crypto and noble agree on every edge vector, and admit some', async () => {
    const vectors = edgeVectors();
    const admitted: string[] = [];
    for (const vector of vectors) {
      const [node, noble] = await verifyBoth(vector);
      if (node !== noble) throw new Error(`node ${node}, noble ${noble}: ${vector.name}`);
      if (node) admitted.push(vector.name);
    }
    expect(vectors.length).toBeGreaterThan(900);
    // Mixed-order signatures whose torsion happens to cancel, and nothing else.
    expect(admitted.every((name) => name.startsWith('A + torsion'))).toBe(true);
    expect(admitted.length).toBeGreaterThanOrEqual(8);
  });

  it('admits what an honest key signed', async () => {
    expect(await verifyBoth(honest())).toEqual([true, true]);
  });

  it('refuses a signature malleated to S + L before any curve arithmetic', () => {
    const [malleated] = edgeVectors().filter(({ name }) => name.startsWith('S = '));
    expect(isAdmissibleSignature(malleated!.publicKey, malleated!.signature)).toBe(false);
  });

  it('agrees on random keys, messages and spoilt bytes', async () => {
    const keys = Array.from({ length: 4 }, () => signerOf(generateKey()));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...keys),
        fc.uint8Array({ maxLength: 200 }),
        fc.option(fc.nat({ max: 95 })),
        async (key, message, spoilt) => {
          const publicKey = key.publicKey.slice();
          const signature = key.sign(message);
          if (spoilt !== null && spoilt < 64) signature[spoilt]! ^= 0x10;
          else if (spoilt !== null) publicKey[spoilt - 64]! ^= 0x10;
          const expected = spoilt === null;
          const verdicts = await verifyBoth({ publicKey, message, signature });
          expect(verdicts).toEqual([expected, expected]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stays right when more keys sign than node:crypto’s cache holds', async () => {
    const { publicKey, message, signature } = honest();
    for (let i = 0; i < 4100; i++) {
      const stranger = nodeCrypto.sha256(Uint8Array.of(i & 255, i >> 8));
      expect(await nodeCrypto.verifyEd25519(stranger, message, signature)).toBe(false);
    }
    expect(await nodeCrypto.verifyEd25519(publicKey, message, signature)).toBe(true);
  });

  it('gives one SHA-256 on both sides', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toHex(nobleCrypto.sha256(bytes))).toBe(toHex(nodeCrypto.sha256(bytes)));
      }),
    );
  });
});

describe('keys that may be registered', () => {
  const refusal = expect.objectContaining({ problem: 'key-not-registrable', pointer: '/keys/0' });

  it('takes a fresh key', () => {
    expect(() => requireRegistrableKey(signerOf(generateKey()).publicKey)).not.toThrow();
  });

  it('refuses every small-order encoding', () => {
    for (const key of SMALL_ORDER)
      expect(() => requireRegistrableKey(key, '/keys/0')).toThrow(refusal);
  });

  it('refuses a key with a torsion component, although its signatures can verify', () => {
    for (const torsion of TORSION.filter((point) => !point.is0())) {
      const { publicKey } = mixedOrderSignature(torsion, torsion, new Uint8Array());
      expect(() => requireRegistrableKey(publicKey, '/keys/0')).toThrow(refusal);
    }
  });

  it('refuses bytes that are no point of the curve, or not 32 of them', () => {
    const offCurve = new Uint8Array(32).fill(2);
    for (const key of [offCurve, new Uint8Array(31), new Uint8Array(33)])
      expect(() => requireRegistrableKey(key, '/keys/0')).toThrow(refusal);
  });
});
