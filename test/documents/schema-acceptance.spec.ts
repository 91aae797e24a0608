import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkDocument, type DocumentTitle, type Json } from '#lib/documents';
import { examples, submissionOf } from './examples.js';

const SCHEMAS = path.join(__dirname, '../../schemas');

type Schema = { [name: string]: Json };
const schemas = jsonIn(SCHEMAS, '.schema.json');

/** The schemas as they stand, read by Ajv: by nothing that we generate. */
const ajv = new Ajv2020({ strict: false, schemas });
addFormats.default(ajv);

const text = (length: number) => '😀'.repeat(length);
const digest = 'ab'.repeat(32);
const registry = {
  registry: 'did:web:registry.au.example',
  jurisdiction: 'AU',
  origin: 'registry.au.example/log',
  logKey: `registry.au.example/log+0123abcd+${'A'.repeat(44)}`,
};

/** A document of every kind but Assessment, each as its schema has it. */
const documents: [DocumentTitle, Json][] = [
  ...Object.entries(examples).map(
    ([type, each]) => [type, each as unknown] as [DocumentTitle, Json],
  ),
  ...jsonIn(path.join(SCHEMAS, 'rulesets'), '.json').map(
    (each) => ['Ruleset', each] as [DocumentTitle, Json],
  ),
  ['Submission', JSON.parse(new TextDecoder().decode(submissionOf('MakeEvent'))) as Json],
  ['Trust', { type: 'LodestoneTrust', version: 1, registries: [registry], witnessPolicy: text(9) }],
  [
    'Receipt',
    {
      index: 0,
      origin: registry.origin,
      digest,
      recordedAt: '2026-12-31T23:59:60Z',
      entry: '',
      proof: '',
    },
  ],
  [
    'EvidenceBundle',
    {
      type: 'LodestoneEvidenceBundle',
      version: 1,
      certificate: digest,
      registries: [{ ...registry, didDocument: { id: 1 }, statusLists: [{}] }],
      records: [
        { origin: registry.origin, statement: 'AAAA', entry: text(2_000), proof: text(70_000) },
      ],
      disclosures: [{ salt: 'A'.repeat(22), value: { any: [1, null] } }],
    },
  ],
  ['ProblemDetails', { type: '', title: '', status: 1, detail: '', remedy: '', more: [] }],
];

const dates = `2026-02-30 2024-02-29 1900-02-29 2000-02-29 2026-13-01 2026-00-10 ٢٠٢٦-01-01
  2026-04-31T00:00:00Z 2026-12-31T23:59:60Z 2026-12-31T12:00:60Z 2026-01-01t00:00:00z
  2026-01-01T24:00:00Z 2026-01-01T23:60:00Z 2026-01-01T00:00:61Z 2026-01-01T00:00:00.123456789Z
  2026-01-01T00:00:00+24:00 2026-01-01T00:00:00+23:60 2026-01-01T00:00:00-23:59`.split(/\s+/);
const words = ['', ' ', 'x', 'é', 'KGM', 'Nd', '0', '00', '100', '100.1', digest, 'did:web:a'];
const lengths = [64, 199, 200, 201, 300, 301, 2_001].map(text);
const values: Json[] = [null, true, false, 0, 1, -1, 1.5, 2 ** 53, 1e300, [], {}, ['a', 'a']];
const objects: Json[] = [{ blinded: digest }, { blinded: digest, more: 1 }, { kind: 'unknown' }];

/** What somebody might put where something else belongs. */
const intruder = fc.constantFrom<Json>(
  ...dates,
  ...words,
  ...lengths,
  ...values,
  ...objects,
  { kind: 1 },
  [{ a: 1 }, { a: 1 }],
);

interface Change {
  at: number;
  how: 'replace' | 'remove' | 'add' | 'repeat' | 'copy';
  intruder: Json;
  from: number;
}
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'add', 'repeat', 'copy'),
  intruder,
  from: fc.nat(),
});

describe('a document is accepted exactly when Ajv, given the schemas as they stand, accepts it', () => {
  it.each(documents.map(([title, document], i) => [`${title} ${i}`, title, document] as const))(
    '%s',
    (_name, title, document) => {
      expect(verdicts(title, document)).toEqual([true, true]);
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
          const [ours, reference] = verdicts(title, changes.reduce(changed, document));
          expect(ours).toBe(reference);
        }),
        { numRuns: 400 },
      );
    },
  );
});

describe('what is cut out of a statement without being read again', () => {
  const statements = schemas.filter(
    ({ properties }) => '@context' in ((properties ?? {}) as object),
  );

  it.each(statements.map((schema) => [schema['title'] as string, schema] as const))(
    'is what its schema leaves between credentialSubject and type: %s',
    (_title, { properties, additionalProperties }) => {
      const names = Object.keys(properties as object).filter((name) => name > 'proof');
      expect(['type', 'validFrom', 'validUntil']).toEqual(expect.arrayContaining(names));
      expect(additionalProperties).toBe(false);
    },
  );
});

/** Ours, and that of Ajv. */
function verdicts(title: DocumentTitle, document: unknown): [boolean, boolean] {
  const id = schemas.find((schema) => schema['title'] === title)!['$id'] as string;
  return [isAccepted(title, document), ajv.validate(id, document)];
}

function isAccepted(title: DocumentTitle, document: unknown): boolean {
  try {
    return checkDocument(title, document) === document;
  } catch (error) {
    expect(error).toHaveProperty('problem', 'schema-violation');
    return false;
  }
}

/** The document with one of its nodes changed. */
function changed(document: Json, { at, how, intruder: alien, from }: Change): Json {
  const copy = copied(document);
  const places = placesIn(copy);
  if (places.length === 0) return alien;
  const [parent, name] = places[at % places.length]!;
  const held = parent as Schema;
  if (how === 'replace') held[name] = copied(alien);
  else if (how === 'remove') remove(parent, name);
  else if (how === 'add') held[Array.isArray(parent) ? String(parent.length) : 'more'] = alien;
  else if (how === 'repeat' && Array.isArray(held[name])) held[name].push(...held[name]);
  else {
    const [other, otherName] = places[from % places.length]!;
    held[name] = copied((other as Schema)[otherName]!);
  }
  return copy;
}

/** Of this realm, as JSON.parse makes it: structuredClone's arrays equal no constant for Ajv. */
function copied(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function remove(parent: object, name: string): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete (parent as Schema)[name];
}

/** Every member and item, by what holds it. */
function placesIn(value: Json): [parent: object, name: string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [
    [value, name] as [object, string],
    ...placesIn(child as Json),
  ]);
}

function jsonIn(folder: string, ending: string): Schema[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith(ending))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Schema);
}
