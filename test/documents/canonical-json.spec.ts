import fc from 'fast-check';
import { canonicalize as reference } from 'json-canonicalize';
import {
  canonicalBytes,
  canonicalize,
  fromHex,
  parseJson,
  parseJsonText,
  requireCanonical,
  toHex,
} from '#lib/documents';
import { nameAndPointer, readVector, refusalOf, utf8 } from './examples.js';

interface Samples {
  samples: { name: string; input: string; outputHex: string }[];
}
interface Numbers {
  numbers: [string, string][];
  refused: string[];
}

const { samples } = readVector<Samples>('rfc8785/samples.json');
const { numbers, refused } = readVector<Numbers>('rfc8785/numbers.json');

const double = (bits: string) => new DataView(fromHex(bits).buffer).getFloat64(0);

describe('RFC 8785', () => {
  it.each(samples)('$name', ({ input, outputHex }) => {
    expect(toHex(canonicalBytes(JSON.parse(input)))).toBe(outputHex);
  });

  it.each(numbers)('Appendix B: the double %s is written %s', (bits, text) => {
    expect(canonicalize(double(bits))).toBe(text);
    expect(canonicalize({ b: [double(bits)], a: 0 })).toBe(`{"a":0,"b":[${text}]}`);
  });

  it.each(refused)('Appendix B: the double %s has no JSON', (bits) => {
    expect(nameAndPointer(() => canonicalize({ a: [double(bits)] }))).toEqual([
      'malformed-json',
      '/a/0',
    ]);
  });

  it('escapes control characters as required and nothing else', () => {
    expect(canonicalize('\u0000\b\t\n\f\r\u001f\u007f/"\\\u2028é')).toBe(
      '"\\u0000\\b\\t\\n\\f\\r\\u001f\u007f/\\"\\\\\u2028é"',
    );
  });
});

describe('canonicalisation refuses what JSON would change in silence', () => {
  it.each<[string, unknown, string]>([
    ['undefined in an object', { a: undefined }, '/a'],
    ['undefined in an array', [undefined], '/0'],
    ['a hole in an array', Object.assign([], { length: 1 }), '/0'],
    ['a Date', { at: new Date(0) }, '/at'],
    ['a Map', { m: new Map() }, '/m'],
    ['bytes', { b: new Uint8Array(1) }, '/b'],
    ['a bigint', { mass: 1n }, '/mass'],
    ['a function', { toJSON: () => 1 }, '/toJSON'],
    ['a symbol', [Symbol('s')], '/0'],
    ['NaN', { a: { b: NaN } }, '/a/b'],
    ['a lone surrogate', { s: '\ud800' }, '/s'],
    ['a lone surrogate in a name', { 'x\udc00': 1 }, '/x\udc00'],
    ['the name __proto__', JSON.parse('{"__proto__":1}'), '/__proto__'],
    ['a name that needs escaping in a pointer', { 'a/b~c': NaN }, '/a~1b~0c'],
  ])('%s', (_name, value, pointer) => {
    expect(nameAndPointer(() => canonicalize(value))).toEqual(['malformed-json', pointer]);
  });

  it('33 levels, and a value that contains itself', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(refusalOf(() => canonicalize(loop)).problem).toBe('malformed-json');
  });
});

describe('canonicalisation agrees with json-canonicalize', () => {
  const wellFormed = fc.string({ unit: 'grapheme' });
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      wellFormed,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(
        wellFormed.filter((name) => name !== '__proto__'),
        tie('value'),
        { maxKeys: 6 },
      ),
    ),
  })).value;

  it('on any JSON value', () => {
    fc.assert(fc.property(json, (value) => expect(canonicalize(value)).toBe(reference(value))));
  });

  it('and reading its own output gives the same bytes again', () => {
    fc.assert(
      fc.property(fc.dictionary(wellFormed, fc.oneof(wellFormed, fc.integer())), (value) => {
        fc.pre(!Object.hasOwn(value, '__proto__'));
        const bytes = canonicalBytes(value);
        expect(parseJsonText(bytes).canonical).toBe(!keysLookLikeIndexes(value));
        expect(canonicalBytes(parseJson(bytes))).toEqual(bytes);
      }),
    );
  });
});

describe('a document that is not canonical', () => {
  it.each<[string, string, number]>([
    ['a space', '{"a": 1}', 5],
    ['names out of order', '{"b":1,"a":2}', 2],
    ['a needless escape', '{"\\u0061":1}', 2],
    ['a number written another way', '{"a":1.0}', 6],
    ['a final line feed', '{"a":1}\n', 7],
    ['an upper-case escape', '["\\u000F"]', 7],
  ])('is refused at the first byte that differs: %s', (_name, text, offset) => {
    const bytes = utf8(text);
    const refusal = refusalOf(() => requireCanonical(bytes, parseJson(bytes)));
    expect(refusal.problem).toBe('not-canonical');
    expect(refusal.details.detail).toMatch(new RegExp(`^Byte ${offset} is`));
    expect(refusal.toJSON()['offset']).toBe(offset);
    expect(refusal.remedy).toContain('Canonicalise with RFC 8785');
  });
});

describe('hexadecimal', () => {
  it('goes there and back for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => expect(fromHex(toHex(bytes))).toEqual(bytes)),
    );
  });

  it.each(['0', 'AB', '0x00', 'zz', 'ab '])('“%s” is not whole bytes in lower case', (text) => {
    expect(() => fromHex(text)).toThrow(TypeError);
  });
});

/** ECMAScript puts such names first, so the fast road cannot confirm them and the exact one must. */
function keysLookLikeIndexes(value: object): boolean {
  return JSON.stringify(JSON.parse(canonicalize(value))) !== canonicalize(value);
}
