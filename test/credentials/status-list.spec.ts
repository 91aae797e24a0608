import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  formatStatusList,
  inspectStatus,
  MIN_STATUS_ENTRIES,
  parseStatusList,
  statusEntry,
  statusListCredential,
} from '#lib/credentials';

const url = 'https://registry.example/status/revocation-1';
const aList = (raised: number[], length?: number) =>
  statusListCredential({
    url,
    issuer: 'did:web:registry.example',
    purpose: 'revocation',
    validFrom: '2026-11-22T00:00:00Z',
    raised,
    ...(length === undefined ? {} : { length }),
  });
const encoded = (bytes: Uint8Array) => `u${Buffer.from(bytes).toString('base64url')}`;

describe('a status list', () => {
  it('raises exactly the indexes it was given', () => {
    const indexes = fc.uniqueArray(fc.nat({ max: MIN_STATUS_ENTRIES - 1 }), { maxLength: 200 });
    fc.assert(
      fc.property(indexes, (raised) => {
        const bits = parseStatusList(formatStatusList(raised));
        const read: number[] = [];
        bits.forEach((byte, i) => {
          for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) read.push(8 * i + bit);
        });
        expect(read).toEqual(raised.toSorted((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });

  it('counts from the left-most bit, and is 16 KiB of GZIP that any tool unpacks', () => {
    const text = formatStatusList([0, 9]);
    expect(text[0]).toBe('u');
    const bits = gunzipSync(Buffer.from(text.slice(1), 'base64url'));
    expect(bits).toHaveLength(16_384);
    expect([...bits.subarray(0, 3)]).toEqual([0b1000_0000, 0b0100_0000, 0]);
  });

  it('is the same text each time and whatever the order, so that it can be compared', () => {
    expect(formatStatusList([5, 70_000])).toBe(formatStatusList(new Set([70_000, 5, 5])));
  });

  it('reads the list of the specification, packed by another GZIP', () => {
    // Bitstring Status List 1.0, example of a BitstringStatusListCredential.
    const bits = parseStatusList(
      'uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA',
    );
    expect(bits).toHaveLength(16_384);
    expect(bits.every((byte) => byte === 0)).toBe(true);
  });

  it('takes no index outside itself, and is never too small to hide in', () => {
    for (const index of [-1, 1.5, MIN_STATUS_ENTRIES])
      expect(() => formatStatusList([index])).toThrow(RangeError);
    for (const length of [8, MIN_STATUS_ENTRIES + 1, 2 ** 30])
      expect(() => formatStatusList([], length)).toThrow(RangeError);
  });
});

describe('a status', () => {
  it('is raised or clear at the entry’s own index', () => {
    const list = aList([94_567], 262_144);
    const at = (index: number) => inspectStatus(list, statusEntry(url, 'revocation', index)).status;
    expect(at(94_567)).toBe('raised');
    expect([at(94_566), at(94_568), at(0), at(262_143)]).toEqual(Array(4).fill('clear'));
  });

  const list = aList([3]);
  const entry = statusEntry(url, 'revocation', 3);
  const packed = (encodedList: unknown) => ({
    ...list,
    credentialSubject: { ...list.credentialSubject, encodedList },
  });
  const forgedSize = gzipSync(new Uint8Array(16_384));
  forgedSize.writeUInt32LE(0xffff_ffff, forgedSize.length - 4);
  const understated = gzipSync(new Uint8Array(2 ** 20));
  understated.writeUInt32LE(16_384, understated.length - 4);

  it.each<[string, object, object]>([
    ['the list is another one', { ...list, id: `${url}0` }, entry],
    ['the list is no status list', { ...list, type: ['VerifiableCredential'] }, entry],
    ['the list has no subject', { ...list, credentialSubject: undefined }, entry],
    ['the list speaks of suspension', aListOf('suspension'), entry],
    ['the entry names no list', list, {}],
    ['the index is a number', list, { ...entry, statusListIndex: 3 }],
    ['the index has a leading zero', list, { ...entry, statusListIndex: '03' }],
    ['the index is negative', list, { ...entry, statusListIndex: '-1' }],
    ['the index is behind the end', list, { ...entry, statusListIndex: '131072' }],
    ['the purpose is an object', list, { ...entry, statusPurpose: { toString: 1 } }],
    ['nothing is encoded', packed(undefined), entry],
    ['the encoding is not multibase', packed(list.credentialSubject.encodedList.slice(1)), entry],
    ['the encoding is not base64url', packed('u+/='), entry],
    ['the content is not GZIP', packed('uAAAA'), entry],
    ['the content is cut off', packed(list.credentialSubject.encodedList.slice(0, 20)), entry],
    ['the list is shorter than 131,072', packed(encoded(gzipSync(new Uint8Array(100)))), entry],
    ['the list claims to unpack to 4 GiB', packed(encoded(forgedSize)), entry],
    ['the list unpacks to more than it claims', packed(encoded(understated)), entry],
    ['the encoding is endless', packed(`u${'A'.repeat(1_000_000)}`), entry],
  ])('is unknown, never clear, when %s', (_story, someList, someEntry) => {
    expect(inspectStatus(someList, someEntry)).toMatchObject({ status: 'unknown' });
  });

  it('says where it stands in words', () => {
    expect(inspectStatus(list, entry).detail).toBe(`revocation is raised at index 3 of ${url}.`);
  });
});

function aListOf(purpose: 'suspension') {
  const list = aList([3]);
  return {
    ...list,
    credentialSubject: { ...list.credentialSubject, statusPurpose: purpose },
  };
}
