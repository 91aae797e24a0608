import fc from 'fast-check';
import {
  blindedDigest,
  canonicalize,
  findBlinded,
  indexDisclosures,
  isBlinded,
  openDisclosures,
  openWith,
  toHex,
  type Disclosure,
  type Json,
} from '#lib/documents';
import { disclosuresOf, examples, nameAndPointer, sha256, utf8 } from './examples.js';

const salt = 'AAECAwQFBgcICQoLDA0ODw';
const secret: Disclosure = { salt, value: { basis: 'net', unit: 'KGM', value: '12.5' } };
const blinded = { blinded: blindedDigest(sha256, salt, secret.value) };
const statement = { batch: 'b1', quantity: blinded };

describe('a blinded value', () => {
  it('is SHA-256 over the RFC 8785 bytes of [salt, value]', () => {
    const bytes = utf8(`["${salt}",{"basis":"net","unit":"KGM","value":"12.5"}]`);
    expect(blinded.blinded).toBe(toHex(sha256(bytes)));
  });

  it('is told from other objects by its exact shape', () => {
    expect(isBlinded(blinded)).toBe(true);
    for (const other of [null, 'x', {}, { blinded: 'AB' }, { ...blinded, note: 1 }, [blinded]])
      expect(isBlinded(other)).toBe(false);
  });

  it('is opened by its disclosure, and the statement that was signed is left alone', () => {
    const before = canonicalize(statement);
    const opened = openDisclosures(sha256, statement, [secret]);
    expect(opened).toEqual({ batch: 'b1', quantity: secret.value });
    expect(canonicalize(statement)).toBe(before);
  });

  it('opens wherever it stands, in arrays too', () => {
    const deep = { outputs: [{ lot: 'x' }, { 'a/b': blinded }] };
    expect(findBlinded(deep)).toBe('/outputs/1/a~1b');
    expect(openDisclosures(sha256, deep, [secret]).outputs[1]).toEqual({ 'a/b': secret.value });
  });

  it('hides the value: another salt gives another digest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const other = Buffer.from(bytes).toString('base64url');
        fc.pre(other !== salt);
        expect(blindedDigest(sha256, other, secret.value)).not.toBe(blinded.blinded);
      }),
    );
  });
});

describe('opening is refused', () => {
  const refusals: [string, unknown, Disclosure[], [string, string]][] = [
    ['when a disclosure is missing', statement, [], ['disclosure-missing', '/quantity']],
    [
      'when a disclosed value was changed',
      statement,
      [{ salt, value: { basis: 'net', unit: 'KGM', value: '99' } }],
      ['disclosure-mismatch', '/disclosures/0'],
    ],
    [
      'when the salt was changed',
      statement,
      [{ ...secret, salt: 'BAECAwQFBgcICQoLDA0ODw' }],
      ['disclosure-mismatch', '/disclosures/0'],
    ],
    [
      'when a disclosure belongs to another statement',
      statement,
      [secret, { salt, value: 'x' }],
      ['disclosure-mismatch', '/disclosures/1'],
    ],
    [
      'when a disclosure is sent twice',
      statement,
      [secret, secret],
      ['disclosure-mismatch', '/disclosures/1'],
    ],
    [
      'when a blinded value hides another',
      { a: { blinded: blindedDigest(sha256, salt, [blinded]) } },
      [{ salt, value: [blinded] as unknown as Json }],
      ['schema-violation', '/disclosures/0/value'],
    ],
  ];
  it.each(refusals)('%s', (_name, document, disclosures, expected) => {
    expect(nameAndPointer(() => openDisclosures(sha256, document, disclosures))).toEqual(expected);
  });
});

describe('a reader entitled to less', () => {
  const two = { lot: { blinded: blindedDigest(sha256, salt, 'L-1') }, quantity: blinded };

  it('sees what it was given, and the rest stays blinded', () => {
    const opened = openDisclosures(sha256, two, [secret], { partial: true });
    expect(opened).toEqual({ lot: two.lot, quantity: secret.value });
  });

  it('still may not slip in a disclosure that opens nothing', () => {
    const strange = { salt, value: 'L-2' };
    expect(
      nameAndPointer(() => openDisclosures(sha256, two, [strange], { partial: true })),
    ).toEqual(['disclosure-mismatch', '/disclosures/0']);
  });

  it('opens many statements of a bundle with one list, and learns which disclosures served', () => {
    const index = indexDisclosures(sha256, [secret, { salt, value: 'L-1' }]);
    const used = new Set<string>();
    expect(openWith(statement, index, used)).toEqual({ batch: 'b1', quantity: secret.value });
    expect([...used]).toEqual([blinded.blinded]);
    expect(openWith(two, index, used)).toEqual({ lot: 'L-1', quantity: secret.value });
    const open = { batch: 'b2' };
    expect(openWith(open, index)).toBe(open);
  });
});

describe('golden disclosures', () => {
  it.each(['Intake', 'MakeEvent', 'HandoverOffer', 'Certificate', 'Acceptance', 'Import'])(
    'open the whole %s',
    (type) => {
      expect(findBlinded(examples[type])).toMatch(/^\/credentialSubject\//);
      const opened = openDisclosures(sha256, examples[type], disclosuresOf(type));
      expect(findBlinded(opened)).toBeUndefined();
    },
  );
});
