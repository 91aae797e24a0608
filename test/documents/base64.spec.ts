import { base64 } from '@scure/base';
import fc from 'fast-check';
import { fromBase64 } from '#lib/documents';

const reference = (text: string) => {
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
};

describe('base64', () => {
  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromBase64(base64.encode(bytes))).toEqual(bytes);
      }),
    );
  });

  it('has one spelling for any bytes: it reads what a strict reader reads, and nothing more', () => {
    const piece = fc.constantFrom(...'AZaz09+/=-_ \n\tQéĀ😀'.split(''), 'QQ==', 'QUI=', 'QUJD');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        expect(fromBase64(text)).toEqual(reference(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['white space', 'QU I='],
    ['a line feed behind it', 'QUI=\n'],
    ['padding left out', 'QUI'],
    ['padding too much', 'QUJD===='],
    ['padding within', 'QQ==QQ=='],
    ['bits that belong to no byte', 'QUJ='],
    ['more such bits', 'QR=='],
    ['the alphabet of URLs', '-_-_'],
    ['a digit of another alphabet', 'QUIé'],
  ])('is none with %s', (_what, text) => {
    expect(fromBase64(text)).toBeUndefined();
  });
});
