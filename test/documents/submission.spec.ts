import {
  canonicalBytes,
  MAX_DOCUMENT_BYTES,
  MAX_EVENT_BYTES,
  parseJson,
  parseStatement,
  parseSubmission,
  sizeLimit,
  STATEMENT_TYPES,
  statementIdentity,
  statementTypeOf,
  toHex,
  type Assay,
  type Disclosure,
  type Statement,
} from '#lib/documents';
import {
  disclosuresOf,
  examples,
  nameAndPointer,
  readVector,
  refusalOf,
  sha256,
  submissionOf,
  utf8,
} from './examples.js';

const assay = examples['Assay'] as Assay;
const digests = readVector<Record<string, string>>('statements/digests.json');

const submit = (statement: unknown, disclosures: unknown = []) =>
  parseSubmission(sha256, canonicalBytes({ disclosures, statement }));

describe('every statement type', () => {
  it('has a golden example', () => {
    expect(Object.keys(examples).sort()).toEqual([...STATEMENT_TYPES].sort());
  });

  it.each([...STATEMENT_TYPES])(
    '%s is read back byte for byte, under its golden digest',
    (type) => {
      const { bytes, digest, statement, opened } = parseSubmission(sha256, submissionOf(type));
      expect(digest).toBe(digests[type]);
      expect(toHex(sha256(bytes))).toBe(digest);
      expect(bytes).toEqual(canonicalBytes(examples[type]));
      expect(statement).toEqual(examples[type]);
      expect(statementTypeOf(opened)).toBe(type);
      expect(parseStatement(sha256, bytes)).toEqual({ statement, bytes, digest });
    },
  );
});

describe('a submission is refused', () => {
  it('when its bytes are not canonical, even by a space', () => {
    const spaced = utf8(JSON.stringify({ disclosures: [], statement: assay }, null, 1));
    expect(refusalOf(() => parseSubmission(sha256, spaced)).problem).toBe('not-canonical');
  });

  it('when a name stands twice, so that two readers could see two statements', () => {
    const text = new TextDecoder().decode(submissionOf('Assay'));
    const twice = text.replace('"issuer":', '"issuer":"did:key:z6Mk","issuer":');
    expect(refusalOf(() => parseSubmission(sha256, utf8(twice))).problem).toBe('malformed-json');
  });

  it.each<[string, unknown, string]>([
    ['not an object', [], ''],
    ['no statement', { disclosures: [] }, '/statement'],
    ['no disclosures', { statement: assay }, '/disclosures'],
    ['a field beside them', { disclosures: [], note: 1, statement: assay }, '/note'],
    [
      'a short salt',
      { disclosures: [{ salt: 'abc', value: 1 }], statement: assay },
      '/disclosures/0/salt',
    ],
    [
      'a statement of no known type',
      { disclosures: [], statement: { type: ['VerifiableCredential', 'Rumour'] } },
      '/type/1',
    ],
    ['a statement without a type', { disclosures: [], statement: {} }, '/type'],
  ])('for its shape: %s', (_name, body, pointer) => {
    expect(nameAndPointer(() => parseSubmission(sha256, canonicalBytes(body)))).toEqual([
      'schema-violation',
      pointer,
    ]);
  });

  it('when a blinded value is not disclosed to the registry', () => {
    expect(nameAndPointer(() => submit(examples['MakeEvent']))).toEqual([
      'disclosure-missing',
      '/credentialSubject/inputs/0/quantity',
    ]);
  });

  it('when what is disclosed is not what belongs there', () => {
    const salt = 'AAECAwQFBgcICQoLDA0ODw';
    const value = { basis: 'net', unit: 'OZ', value: '1' };
    const hidden = JSON.parse(
      JSON.stringify(examples['HandoverAnswer']).replace(
        /"quantity":\{[^}]*\}/,
        `"quantity":{"blinded":"${blind(salt, value)}"}`,
      ),
    ) as Statement;
    expect(nameAndPointer(() => submit(hidden, [{ salt, value }]))).toEqual([
      'schema-violation',
      '/credentialSubject/quantity/unit',
    ]);
  });

  it('when a field that must be public is blinded', () => {
    const salt = 'AAECAwQFBgcICQoLDA0ODw';
    const hidden = structuredClone(assay) as unknown as {
      credentialSubject: { testedOn: unknown };
    };
    hidden.credentialSubject.testedOn = { blinded: blind(salt, '2026-02-23') };
    const disclosures: Disclosure[] = [{ salt, value: '2026-02-23' }];
    expect(nameAndPointer(() => submit(hidden, disclosures))).toEqual([
      'schema-violation',
      '/credentialSubject/testedOn',
    ]);
  });
});

describe('size', () => {
  /** An assay padded to exactly so many bytes of body; only the size is asked about. */
  const padded = (type: string, size: number) => {
    const fill = (padding: string) =>
      canonicalBytes({
        disclosures: [],
        statement: { padding, type: ['VerifiableCredential', type] },
      });
    return fill('x'.repeat(size - fill('').length));
  };

  it.each([
    ['Assay', MAX_EVENT_BYTES],
    ['Certificate', MAX_DOCUMENT_BYTES],
    ['Import', MAX_DOCUMENT_BYTES],
    ['RulesetPublication', MAX_DOCUMENT_BYTES],
  ] as const)('%s may have %d bytes and not one more', (type, limit) => {
    expect(sizeLimit(type)).toBe(limit);
    expect(refusalOf(() => parseSubmission(sha256, padded(type, limit))).problem).toBe(
      'schema-violation',
    );
    const refusal = refusalOf(() => parseSubmission(sha256, padded(type, limit + 1)));
    expect(refusal.problem).toBe('too-large');
    expect(refusal.status).toBe(413);
    expect(refusal.toJSON()).toMatchObject({ limit, size: limit + 1 });
  });

  it('is looked at before the JSON, so that a flood of brackets costs nothing', () => {
    const flood = new Uint8Array(MAX_DOCUMENT_BYTES + 1).fill(0x5b);
    expect(refusalOf(() => parseStatement(sha256, flood)).problem).toBe('too-large');
  });
});

describe('the identity of a statement', () => {
  const a = 'z6MkA';
  const b = 'z6MkB';

  it('is SHA-256 over the payload without proof and the sorted signers', () => {
    const { proof: _proof, ...payload } = assay;
    const expected = toHex(sha256(canonicalBytes({ payload, signers: [a, b] })));
    expect(statementIdentity(sha256, assay, [b, a, b])).toBe(expected);
  });

  it('stays when the statement is signed again, and changes with a word or a signer', () => {
    const identity = statementIdentity(sha256, assay, [a]);
    const again = { ...assay, proof: (examples['Release'] as Statement).proof } as Assay;
    expect(statementIdentity(sha256, again, [a])).toBe(identity);
    const later = { ...assay, validFrom: '2026-02-24T16:20:01+11:00' };
    expect(statementIdentity(sha256, later, [a])).not.toBe(identity);
    expect(statementIdentity(sha256, assay, [a, b])).not.toBe(identity);
  });
});

describe('a parsed statement', () => {
  it('keeps its own copy of the bytes', () => {
    const body = submissionOf('Certificate');
    const { bytes, digest } = parseSubmission(sha256, body);
    body.fill(0);
    expect(toHex(sha256(bytes))).toBe(digest);
    expect(parseJson(bytes)).toEqual(examples['Certificate']);
    expect(disclosuresOf('Certificate')).toHaveLength(1);
  });
});

function blind(salt: string, value: unknown): string {
  return toHex(sha256(canonicalBytes([salt, value])));
}
