import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { fromHex } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';

describe('SHA-256 by node:crypto', () => {
  test('is that of FIPS 180-4', () => {
    expect(nodeCrypto.sha256(new TextEncoder().encode('abc'))).toEqual(
      fromHex('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
    );
  });

  test('is 32 bytes of its own, whatever the input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const hash = nodeCrypto.sha256(bytes);
        expect([...hash]).toEqual([...createHash('sha256').update(bytes).digest()]);
        expect(hash.buffer.byteLength).toBe(32);
      }),
    );
  });
});
