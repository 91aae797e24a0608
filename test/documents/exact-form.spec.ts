import fc from 'fast-check';
import {
  canonicalize,
  parseJsonText,
  statementIdentity,
  unsecuredHash,
  type Json,
  type Statement,
} from '#lib/documents';
import { canonicalBytes, toHex } from '#lib/documents';
import { examples, sha256, utf8 } from './examples.js';

/** How a writer may spell one token: the canonical way, or another that reads the same. */
type Spell = (canonical: string) => string;

/** Text of a value in which `other` may respell any token, and put space or a second name before it. */
function spell(value: Json, other: Spell): string {
  if (Array.isArray(value)) return `[${value.map((each) => spell(each, other)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return other(JSON.stringify(value));
  const members = Object.keys(value)
    .sort()
    .map((name) => `${other(JSON.stringify(name))}:${spell(value[name]!, other)}`);
  return other(`{${members.join(',')}}`);
}

const RESPELL: Spell[] = [
  (token) => ` ${token}`,
  (token) => `${token}\n`,
  (token) => (/^-?\d+$/.test(token) ? `${token}.0` : token),
  (token) =>
    token.replace(
      /^(-?\d+?)(0+)$/,
      (_all, digits: string, zeros: string) => `${digits}e${zeros.length}`,
    ),
  (token) =>
    token.replace(
      /^(-?\d)(\d+)$/,
      (_all, first: string, rest: string) => `${first}.${rest}e${rest.length}`,
    ),
  (token) => token.replace(/^0$/, '-0'),
  (token) => token.replace('/', '\\/'),
  (token) => token.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
  (token) => token.replace(/\\u00[01][a-f]/, (escape) => escape.toUpperCase().replace('U', 'u')),
  (token) => token.replace('\\n', '\\u000a'),
  (token) => token.replace(/^\{("(?:[^"\\]|\\.)*":)/, '{$1null,$1'),
  (token) => token.replace(/^\{(.*),([^,{}[\]]*)\}$/s, '{$2,$1}'),
];

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'é', '\ue000', '😀', '', '1', '10', '9', 'n/a', 'x"y', '\u0001'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('\n', '/', '\\u', '"', '\u001f', '\u2028', '😀', '\\'),
    fc.integer({ min: -1_200, max: 1_200 }),
    fc.constantFrom(0, 100, 1_000, 9_007_199_254_740_991, -9_007_199_254_740_900, 0.1, 1e-7),
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1, max: 1 })
      .filter((n) => !Object.is(n, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      name.filter((each) => each !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

const readAs = (text: string) => {
  try {
    return parseJsonText(utf8(text));
  } catch {
    return undefined;
  }
};

describe('text is known to be canonical by its length', () => {
  it('when it is, whatever it says', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalize(value);
        const read = readAs(text);
        expect(read?.value).toEqual(value);
        // Names that look like indexes are told by the exact reader, which does not speak of form.
        if (!/"\d+":/.test(text)) expect(read?.canonical).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('and never when anything in it is spelled another way, or stands in another order', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.constantFrom(...RESPELL)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(json, changes, (value, respellings) => {
        let token = 0;
        const text = spell(value, (canonical) => {
          const at = token++;
          return respellings
            .filter(([where]) => where === at)
            .reduce((spelled, [, other]) => other(spelled), canonical);
        });
        const read = readAs(text);
        if (read?.canonical) expect(text).toBe(canonicalize(read.value));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each<[string, string]>([
    ['an exponent as short as two zeros, beside nothing', '[1e2]'],
    ['an exponent shorter than three zeros, made up for by a space', '[1e3 ]'],
    ['a minus before nothing, made up for by no comma', '[-0]'],
    ['an upper-case escape, as long as a lower-case one', '["\\u000F"]'],
    ['an index before a letter, as ECMAScript would have it', '{"b":1,"1":2}'],
    ['one name twice, the second time with a longer value', '{"a":1,"a":12}'],
    ['another spelling of the smallest number', '[4e-324]'],
    ['a pair of surrogates by escapes', '["\\ud83d\\ude00"]'],
  ])('not with %s', (_what, text) => {
    expect(readAs(text)?.canonical ?? false).toBe(false);
  });
});

describe('what a proof covers is cut out of the exact bytes', () => {
  /** The very bytes that would be hashed. */
  const covered = (bytes: Uint8Array) => unsecuredHash((input) => input.slice(), bytes);
  const whole = (statement: object) => canonicalBytes(statement);
  const without = ({ proof: _proof, ...payload }: Statement) => canonicalBytes(payload);

  it.each(Object.keys(examples))('of the golden %s', (type) => {
    const statement = examples[type]!;
    expect(covered(whole(statement))).toEqual(without(statement));
  });

  it.each(Object.keys(examples))(
    'and so is what makes it the same when signed again: %s',
    (type) => {
      const statement = examples[type]!;
      const identity = statementIdentity(sha256, statement, ['z6Mkb', 'z6Mka', 'z6Mkb']);
      const { proof: _proof, ...payload } = statement;
      const defined = sha256(canonicalBytes({ payload, signers: ['z6Mka', 'z6Mkb'] }));
      expect(identity).toBe(toHex(defined));
      const bytes = whole(statement);
      expect(statementIdentity(sha256, statement, ['z6Mkb', 'z6Mka'], bytes)).toBe(identity);
    },
  );

  it('whatever the subject says, and however many proofs in whatever words', () => {
    const proof = fc.record({
      '@context': fc.constant(examples['Assay']!['@context']),
      created: fc.constant('2026-02-01T00:00:00Z'),
      challenge: fc.string({ unit: 'grapheme' }),
      domain: fc.constantFrom('"proof":', ',"proof":{', ',"type":["', '\\', 'é😀\ue000'),
      type: fc.constant('DataIntegrityProof'),
    });
    const statements = fc.record(
      {
        '@context': fc.constant(examples['Assay']!['@context']),
        credentialSubject: json,
        id: fc.constantFrom('urn:x:,"proof":', 'did:x:é', 'urn:x:\\",'),
        issuer: fc.string({ unit: 'grapheme' }),
        proof: fc.oneof(proof, fc.array(proof, { minLength: 2, maxLength: 8 })),
        type: fc.constant(examples['Assay']!.type),
        validFrom: fc.constant('2026-02-01T00:00:00Z'),
        validUntil: fc.constant('2027-02-01T00:00:00Z'),
      },
      { requiredKeys: ['@context', 'credentialSubject', 'issuer', 'proof', 'type'] },
    );
    fc.assert(
      fc.property(statements, (each) => {
        const statement = each as unknown as Statement;
        expect(covered(whole(statement))).toEqual(without(statement));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', '{}', '{"proof":{},"type":["a"]}', '{"a":1,"proof":{}}', '{"a":1,"type":["b"]}'])(
    'and is a fault when they are no statement: %s',
    (text) => {
      expect(() => covered(utf8(text))).toThrow('not those of a statement');
    },
  );
});
