// @ts-expect-error jsonld 9 ships no types
import untyped from 'jsonld';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CONTEXT_DIGESTS, STATEMENT_CONTEXTS, toHex, type Statement } from '#lib/documents';
import { examples, sha256 } from './examples.js';

const jsonld = untyped as { toRDF(document: unknown, options: object): Promise<string> };
const SCHEMAS = path.join(__dirname, '../../schemas');
const FILES = {
  'https://www.w3.org/ns/credentials/v2': 'credentials-v2.jsonld',
  'https://lodestone.example/contexts/v1': 'lodestone-v1.jsonld',
};
const read = (url: keyof typeof FILES) => readFileSync(path.join(SCHEMAS, 'contexts', FILES[url]));

/** Serves the pinned contexts and nothing else, so that no expansion touches the network. */
function documentLoader(url: string) {
  if (!Object.hasOwn(FILES, url)) throw new Error(`The loader is closed to ${url}`);
  const document: unknown = JSON.parse(read(url as keyof typeof FILES).toString());
  return Promise.resolve({ contextUrl: undefined, documentUrl: url, document });
}

const toRdf = (statement: unknown) =>
  jsonld.toRDF(statement, { documentLoader, safe: true, format: 'application/n-quads' });

describe('the JSON-LD contexts', () => {
  it.each(STATEMENT_CONTEXTS)('%s has the bytes that the code pins', (url) => {
    expect(toHex(sha256(read(url)))).toBe(CONTEXT_DIGESTS[url]);
  });

  it('are the constant of every statement', () => {
    for (const statement of Object.values(examples))
      expect(statement['@context']).toEqual(STATEMENT_CONTEXTS);
  });
});

describe('in safe mode, with a closed loader,', () => {
  it.each(Object.keys(examples))('%s expands with every term defined', async (type) => {
    const quads = await toRdf(examples[type]);
    expect(quads).toContain(`https://lodestone.example/vocab#${type}>`);
    expect(quads).toContain('https://www.w3.org/2018/credentials#credentialSubject>');
    expect(quads).toContain('https://w3id.org/security#proofValue>');
  });

  it('a term that no context defines is refused, never dropped', async () => {
    const statement = structuredClone(examples['Assay']) as Statement & { surprise?: number };
    statement.surprise = 1;
    await expect(toRdf(statement)).rejects.toThrow();
  });

  it('a further context is refused', async () => {
    const context = [...STATEMENT_CONTEXTS, 'https://evil.example/context'];
    await expect(toRdf({ ...examples['Assay'], '@context': context })).rejects.toThrow(
      'evil.example',
    );
  });

  it('the end of a route is a country there, and a party elsewhere', async () => {
    const quads = await toRdf(examples['HandoverOffer']);
    expect(quads).toContain('vocab#fromCountry> "AU"');
    expect(quads).toContain('vocab#to> <did:key:');
  });
});

describe('every property of a statement’s subject', () => {
  /** Terms that the base context brings, or that stand within the @json value of `ruleset`. */
  const elsewhere = new Set(['id', 'type', 'name', 'mediaType', 'description']);
  const { '@context': terms } = JSON.parse(
    read('https://lodestone.example/contexts/v1').toString(),
  ) as { '@context': Record<string, unknown> };

  it.each(readdirSync(path.join(SCHEMAS, 'statements')))('of %s has a term', (file) => {
    const schema = JSON.parse(
      readFileSync(path.join(SCHEMAS, 'statements', file), 'utf8'),
    ) as Schema;
    const names = [schema.properties!['credentialSubject']!, ...Object.values(schema.$defs ?? {})]
      .filter(({ title }) => title !== 'BitstringStatusListEntry')
      .flatMap(propertyNames);
    for (const name of names) if (!elsewhere.has(name)) expect(Object.keys(terms)).toContain(name);
  });
});

interface Schema {
  title?: string;
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

function propertyNames({ properties = {}, items, anyOf = [] }: Schema): string[] {
  const inner = [...Object.values(properties), ...(items ? [items] : []), ...anyOf];
  return [...Object.keys(properties), ...inner.flatMap(propertyNames)];
}
