import { checkDocument, checkStatement, type Json } from '#lib/documents';
import { examples, refusalOf } from './examples.js';

type Tree = { [name: string]: Json };

/** The golden example with the value at a pointer set, or removed when the value is undefined. */
function mutated(type: string, pointer: string, value: Json | undefined): unknown {
  const statement = structuredClone(examples[type]) as unknown as Tree;
  const names = pointer.split('/').slice(1);
  const last = names.pop()!;
  const parent = names.reduce<Tree>((node, name) => node[name] as Tree, statement);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return statement;
}

function expectRefusal(action: () => unknown, pointer: string, words: string): void {
  const refusal = refusalOf(action);
  expect([refusal.problem, refusal.pointer]).toEqual(['schema-violation', pointer]);
  expect(refusal.details.detail).toContain(words);
  expect(refusal.toJSON()['rule']).toEqual(expect.any(String));
}

describe('every statement type refuses', () => {
  describe.each(Object.keys(examples))('%s', (type) => {
    it.each<[string, string, Json | undefined, string]>([
      ['a field that it does not know', '/surprise', true, 'is not a field of this document'],
      ['no issuer', '/issuer', undefined, 'is missing'],
      ['an issuer that is no DID', '/issuer', 'ACME', 'does not read as what belongs here'],
      ['no proof', '/proof', undefined, 'is missing'],
      ['an empty proof set', '/proof', [], 'must have at least 2 items'],
      ['another context', '/@context/1', 'https://evil.example/v1', 'must be "https://lodestone'],
      ['half the context', '/@context', ['https://www.w3.org/ns/credentials/v2'], 'at least 2'],
      [
        'a time without offset',
        '/validFrom',
        '2026-02-01T00:00:00',
        'RFC 3339 date-time with an offset',
      ],
      [
        'a day that never was',
        '/validFrom',
        '2026-02-30T00:00:00Z',
        'is not a date-time that exists',
      ],
      ['a subject that is text', '/credentialSubject', 'it', 'must be an object'],
      ['an unknown field of the subject', '/credentialSubject/surprise', 1, 'is not a field'],
    ])('%s', (_name, pointer, value, words) => {
      expectRefusal(() => checkStatement(mutated(type, pointer, value)), pointer, words);
    });
  });
});

describe('a refusal names the first field to mend', () => {
  const subject = '/credentialSubject';
  it.each<[string, string, Json | undefined, string, string]>([
    [
      'MakeEvent',
      `${subject}/losses/0/quantity/unit`,
      'LBR',
      `${subject}/losses/0/quantity/unit`,
      'must be one of MGM, GRM, KGM, TNE',
    ],
    [
      'MakeEvent',
      `${subject}/losses/0/quantity/value`,
      1.5,
      `${subject}/losses/0/quantity/value`,
      'must be a string',
    ],
    [
      'MakeEvent',
      `${subject}/losses/0/quantity/value`,
      '01',
      `${subject}/losses/0/quantity/value`,
      'An exact decimal number; never a float',
    ],
    [
      'MakeEvent',
      `${subject}/losses/0/quantity`,
      {},
      `${subject}/losses/0/quantity/value`,
      'is missing',
    ],
    [
      'MakeEvent',
      `${subject}/losses/0/quantity`,
      '5 kg',
      `${subject}/losses/0/quantity`,
      'must be an object',
    ],
    [
      'MakeEvent',
      `${subject}/outputs/0/lot`,
      { blinded: 'F00' },
      `${subject}/outputs/0/lot/blinded`,
      'SHA-256 in lower-case hexadecimal',
    ],
    [
      'MakeEvent',
      `${subject}/outputs/0/pieces`,
      0,
      `${subject}/outputs/0/pieces`,
      'must be at least 1',
    ],
    [
      'MakeEvent',
      `${subject}/outputs/0/pieces`,
      1.5,
      `${subject}/outputs/0/pieces`,
      'must be an integer',
    ],
    ['MakeEvent', `${subject}/outputs`, [], `${subject}/outputs`, 'must have at least 1 items'],
    ['MakeEvent', `${subject}/steps/1`, 'transmute', `${subject}/steps/1`, 'must be one of mine, '],
    [
      'MakeEvent',
      '/type',
      ['VerifiableCredential', 'MakeEvent', 'MakeEvent'],
      '/type',
      'must be ["VerifiableCredential"',
    ],
    ['MakeEvent', '/type/0', 'Credential', '/type/0', 'must be "VerifiableCredential"'],
    ['MakeEvent', '/proof/cryptosuite', 'rot13', '/proof/cryptosuite', 'must be "eddsa-jcs-2022"'],
    ['PartyRegistration', '/proof/1/proofValue', 'z', '/proof/1/proofValue', 'text that matches'],
    ['PartyRegistration', `${subject}/roles`, ['buyer', 'buyer'], `${subject}/roles`, 'holds item'],
    ['PartyRegistration', `${subject}/name`, ' padded ', `${subject}/name`, 'A name of a firm'],
    [
      'Assay',
      `${subject}/sampledOn`,
      '2026-02-30',
      `${subject}/sampledOn`,
      'is not a date that exists',
    ],
    [
      'Recognition',
      `${subject}/scope/minimumAssurance`,
      undefined,
      `${subject}/scope/minimumAssurance`,
      'is missing',
    ],
    [
      'Import',
      `${subject}/certificate/credentialSubject/form`,
      'dust',
      `${subject}/certificate/credentialSubject/form`,
      'must be one of ore',
    ],
    [
      'RulesetPublication',
      `${subject}/ruleset/clauses/1/kind`,
      'astrology',
      `${subject}/ruleset/clauses/1/kind`,
      'is not one that this document knows',
    ],
    [
      'RulesetPublication',
      `${subject}/ruleset/clauses/1/parameters/accepted`,
      undefined,
      `${subject}/ruleset/clauses/1/parameters/accepted`,
      'is missing',
    ],
    [
      'RulesetPublication',
      `${subject}/ruleset/exceptions/0/country`,
      'Oz',
      `${subject}/ruleset/exceptions/0/country`,
      'ISO 3166-1 alpha-2',
    ],
    [
      'Certificate',
      `${subject}/asOf/treeSize`,
      -1,
      `${subject}/asOf/treeSize`,
      'must be at least 0',
    ],
  ])('%s with %s = %j', (type, at, value, pointer, words) => {
    expectRefusal(() => checkStatement(mutated(type, at, value)), pointer, words);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['an array', []],
    ['text', 'MakeEvent'],
  ])('a statement that is %s', (_name, value) => {
    expectRefusal(() => checkStatement(value), '', 'A statement is a JSON object');
  });

  it('a name that objects inherit is no statement type', () => {
    const statement = { type: ['VerifiableCredential', 'constructor'] };
    expectRefusal(() => checkStatement(statement), '/type/1', 'must be one of Acceptance');
  });
});

describe('text that would deceive a reader or a database is refused in names', () => {
  it.each([
    ['NUL', 'Corella\u0000 Pty'],
    ['a line feed', 'Corella\nPty'],
    ['a right-to-left override', 'Corella \u202ePty'],
    ['an isolate', 'Corella \u2066Pty'],
    ['201 characters', 'x'.repeat(201)],
  ])('%s', (_name, value) => {
    const pointer = '/credentialSubject/name';
    const statement = mutated('PartyRegistration', pointer, value);
    expectRefusal(() => checkStatement(statement), pointer, 'A name of a firm');
  });

  it('and names in any script are welcome', () => {
    for (const name of ['住友レアアース', 'شرکت', 'Łódź Magnesy', 'क्ष\u200dत्र', 'x'.repeat(200)])
      expect(() =>
        checkStatement(mutated('PartyRegistration', '/credentialSubject/name', name)),
      ).not.toThrow();
  });
});

describe('other documents are checked by their schema too', () => {
  it('an evidence bundle without records', () => {
    const bundle = { type: 'LodestoneEvidenceBundle', version: 1 };
    expectRefusal(() => checkDocument('EvidenceBundle', bundle), '/certificate', 'is missing');
  });

  it('a trust file of another version', () => {
    const trust = { type: 'LodestoneTrust', version: 2, registries: [] };
    expectRefusal(() => checkDocument('Trust', trust), '/version', 'must be 1');
  });
});
