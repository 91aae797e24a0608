import fc from 'fast-check';
import { canonicalBytes, canonicalize, MAX_DEPTH, parseJson, type Json } from '#lib/documents';
import { refusalOf, utf8 } from './examples.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const quoted = (...values: number[]) => bytes(0x22, ...values, 0x22);
const nested = (depth: number) => utf8('['.repeat(depth) + ']'.repeat(depth));

/** An object of so many names, in their order or against it. */
const named = (count: number, step = 1) =>
  JSON.stringify(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${step * i + 5_000}`, i])),
  );

/** Refused in every reader, by class; the second column is what the detail must say. */
const refused: Record<string, [string, Uint8Array, string][]> = {
  'J1 broken grammar': [
    ['nothing at all', utf8(''), 'the end instead of a value'],
    ['a bare word', utf8('nul'), 'instead of a value'],
    ['a trailing comma in an array', utf8('[1,]'), '"]" instead of a value'],
    ['a trailing comma in an object', utf8('{"a":1,}'), 'instead of a name in double quotes'],
    ['a name without quotes', utf8('{a:1}'), 'instead of a name in double quotes'],
    ['single quotes', utf8("['a']"), 'instead of a value'],
    ['a comment', utf8('[1/*one*/]'), 'instead of a comma or ]'],
    ['a missing colon', utf8('{"a" 1}'), 'instead of a colon'],
    ['an array that never ends', utf8('[1'), 'the end instead of a comma or ]'],
    ['an object closed as an array', utf8('{"a":1]'), 'instead of a comma or }'],
    ['a string that never ends', utf8('"abc'), 'the end instead of the end of the string'],
    ['an escape that JSON lacks', utf8('"\\x41"'), 'instead of an escape'],
    ['a cut \\u escape', utf8('"\\u00G0"'), 'four hexadecimal digits'],
    ['a line feed within a string', utf8('"a\nb"'), 'instead of the end of the string'],
    ['a form feed as white space', utf8('[\f1]'), 'instead of a value'],
    ['a no-break space as white space', utf8('[\u00a01]'), 'instead of a value'],
  ],
  'J2 names': [
    ['the same name twice', utf8('{"a":1,"a":1}'), 'the name "a" a second time'],
    ['the same name, once escaped', utf8('{"a":1,"\\u0061":2}'), 'the name "a" a second time'],
    ['the same name deep inside', utf8('{"x":[{"b":1,"c":2,"b":3}]}'), 'the name "b"'],
    ['__proto__', utf8('{"__proto__":{}}'), 'the name __proto__'],
    ['__proto__, escaped', utf8('{"\\u005f_proto__":{}}'), 'the name __proto__'],
  ],
  'J3 size': [
    ['one level too many', nested(MAX_DEPTH + 1), 'level 33 of nesting'],
    ['a hundred thousand levels', nested(100_000), 'level 33 of nesting'],
    ['one name too many, in order', utf8(named(1_025)), 'name 1025 of one object'],
    ['one name too many, in no order', utf8(named(1_025, -1)), 'name 1025 of one object'],
    ['a million values', utf8(`[${'0,'.repeat(1_000_000)}0]`), 'more than 250000 values'],
    ['a million objects', utf8(`[${'{},'.repeat(1_000_000)}{}]`), 'more than 250000 values'],
    ['objects one level too deep', utf8('{"a":'.repeat(33) + '1' + '}'.repeat(33)), 'level 33'],
  ],
  'J4 numbers': [
    ['minus zero', utf8('-0'), 'the number −0'],
    ['minus zero, with a fraction', utf8('[-0.0]'), 'the number −0'],
    ['infinity by exponent', utf8('1e400'), 'the number 1e400'],
    ['2^53', utf8('9007199254740992'), 'the number 9007199254740992'],
    ['2^53 + 1', utf8('9007199254740993'), 'the number 9007199254740993'],
    ['a large whole number by exponent', utf8('1e22'), 'the number 1e22'],
    ['a leading zero', utf8('01'), 'instead of the end of the document'],
    ['a leading plus', utf8('+1'), 'instead of a value'],
    ['no digit before the point', utf8('.5'), 'instead of a value'],
    ['no digit after the point', utf8('1.'), 'instead of the end of the document'],
    ['NaN', utf8('NaN'), 'instead of a value'],
    ['hexadecimal', utf8('0x10'), 'instead of the end of the document'],
  ],
  'J5 Unicode': [
    ['a lone high surrogate', utf8('"\\ud800"'), 'a lone surrogate'],
    ['a lone low surrogate', utf8('"\\uDC00 "'), 'a lone surrogate'],
    ['surrogates the wrong way round', utf8('"\\udc00\\ud800"'), 'a lone surrogate'],
    ['a lone surrogate as a name', utf8('{"\\ud8ff":1}'), 'a lone surrogate'],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x31), 'a byte order mark'],
    ['an overlong slash', quoted(0xc0, 0xaf), 'Byte 1 is not valid UTF-8'],
    ['an encoded surrogate', quoted(0x41, 0xed, 0xa0, 0x80), 'Byte 3 is not valid UTF-8'],
    ['a cut sequence', bytes(0x22, 0xe2, 0x82), 'is not valid UTF-8'],
    ['beyond U+10FFFF', quoted(0xf4, 0x90, 0x80, 0x80), 'Byte 2 is not valid UTF-8'],
    ['UTF-16', bytes(0xff, 0xfe, 0x31, 0x00), 'Byte 0 is not valid UTF-8'],
  ],
  'J6 around the document': [
    ['a second document', utf8('{}{}'), 'instead of the end of the document'],
    ['a trailing NUL', utf8('{}\0'), 'instead of the end of the document'],
    ['a raw NUL in a string', utf8('"\0"'), 'instead of the end of the string'],
    ['a trailing comment', utf8('[] // end'), 'instead of the end of the document'],
  ],
};

for (const [title, cases] of Object.entries(refused))
  describe(`strict JSON refuses, ${title}`, () => {
    it.each(cases)('%s', (_name, document, words) => {
      const refusal = refusalOf(() => parseJson(document));
      expect(refusal.problem).toBe('malformed-json');
      expect(refusal.details.detail).toContain(words);
      expect(refusal.status).toBe(400);
    });
  });

describe('strict JSON accepts', () => {
  it.each<[string, string, Json]>([
    ['white space between tokens, CRLF too', ' {\r\n\t"a" : [ 1 , 2 ] } \r\n', { a: [1, 2] }],
    ['the largest safe integer', '9007199254740991', 9007199254740991],
    ['exponents and fractions', '[1.0,1E2,2e-3,-1.5]', [1, 100, 0.002, -1.5]],
    ['every escape', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', '"\\/\b\f\n\r\té'],
    ['a surrogate pair by escapes', '"\\ud83d\\ude00"', '😀'],
    [
      'names that objects inherit',
      '{"constructor":1,"toString":2}',
      { constructor: 1, toString: 2 },
    ],
    ['NFC and NFD as different names', '{"\u00e9":1,"e\u0301":2}', { '\u00e9': 1, 'e\u0301': 2 }],
    ['names that look like indexes', '{"10":1,"9":2}', { 10: 1, 9: 2 }],
    ['an empty name', '{"":null}', { '': null }],
    ['an escaped NUL', '"\\u0000"', '\0'],
  ])('%s', (_name, text, value) => {
    expect(parseJson(utf8(text))).toEqual(value);
  });

  it('as many levels as are allowed', () => {
    expect(() => parseJson(nested(MAX_DEPTH))).not.toThrow();
  });

  it('as many names as are allowed', () => {
    expect(() => parseJson(utf8(named(1_024)))).not.toThrow();
    expect(() => parseJson(utf8(named(1_024, -1)))).not.toThrow();
  });

  it('a string of many megabytes, and marks in numbers that are allowed', () => {
    expect(parseJson(utf8(`"${'x'.repeat(4_000_000)}"`))).toHaveLength(4_000_000);
    expect(parseJson(utf8(`[${'0,'.repeat(249_999 - 1)}0]`))).toHaveLength(249_999);
  });
});

describe('a refusal of malformed JSON', () => {
  it('says at which byte, line and column', () => {
    const refusal = refusalOf(() => parseJson(utf8('{\n "é": tru }')));
    expect(refusal.details.detail).toBe('Byte 9 (line 2, column 7) has "t" instead of a value.');
    expect(refusal.toJSON()['offset']).toBe(9);
  });
});

describe('strict JSON agrees with ECMAScript', () => {
  const readable = fc.jsonValue({ maxDepth: 6 }).filter((value) => {
    const text = JSON.stringify(value);
    return !/\\ud|__proto__|-0[,\]}]|-0$/.test(text) && safe(value as Json);
  });

  it('on everything that both read, canonical or spaced out', () => {
    fc.assert(
      fc.property(readable, fc.constantFrom('', ' ', '\r\n', '\t'), (value, space) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(parseJson(utf8(JSON.stringify(value, null, space)))).toEqual(plain);
        expect(parseJson(canonicalBytes(plain))).toEqual(plain);
      }),
    );
  });

  it('never accepts text that ECMAScript refuses, nor throws anything but a refusal', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '.',
      'e',
      ' ',
      '\\u0061',
      'true',
      'null',
      '0',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const accepted = attempt(() => parseJson(utf8(text)));
        if (accepted !== undefined)
          expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(accepted));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives one verdict on any bytes, and what it reads canonicalises', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (noise) => {
        const value = attempt(() => parseJson(noise));
        if (value !== undefined) expect(typeof canonicalize(value)).toBe('string');
      }),
    );
  });
});

function attempt(read: () => Json): Json | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toHaveProperty('problem', 'malformed-json');
    return undefined;
  }
}

function safe(value: Json): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(safe);
}
