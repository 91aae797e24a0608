// Turns schemas/ into code: validators without eval, and TypeScript types. Silent when all is well.
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import fs from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { replaceFile } from './replace-file.mjs';
import { $defs, documents, mapValues, statements } from './schema-set.mjs';

const OUT = 'libs/documents/src/generated';

await Promise.all([writeValidators(), writeDefinitions(), writeTypes()]);

/** One ES module with a validating function per document, everything it needs bundled in. */
async function writeValidators() {
  const ajv = new Ajv2020({
    schemas: { lodestone: validatorView({ $defs }) },
    strict: true,
    discriminator: true,
    inlineRefs: false,
    messages: false,
    code: { source: true, esm: true },
  });
  addFormats.default(ajv);
  const exports = Object.fromEntries(
    documents.map((title) => [title, `lodestone#/$defs/${title}`]),
  );
  const contents = `${standaloneCode.default(ajv, exports)}
    export const PATTERN_MEANINGS = ${JSON.stringify(patternMeanings($defs))};`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    minify: true,
    plugins: [{ name: 'without-require-text', setup: withoutRequireText }],
    logLevel: 'error',
  });
  const code = outputFiles[0].text;
  const evil = /\beval\(|new Function|\brequire\(/.exec(code);
  if (evil) throw new Error(`The bundled validators contain ${evil[0]}`);
  await write('validators.js', code);
  await write('validators.d.ts', validatorTypes());
}

/** The same definitions as data: what `accepts` puts its closures together from. */
async function writeDefinitions() {
  const text = JSON.stringify(validatorView($defs));
  await write('definitions.js', `export const DEFINITIONS = ${text};\n`);
  const type = "import type { Schema } from '../schema-acceptance.js';\n\n";
  await write(
    'definitions.d.ts',
    `${type}export const DEFINITIONS: Readonly<Record<string, Schema>>;\n`,
  );
}

/** Ajv's runtime carries, as text, the require() that would find it; here it is bundled already. */
function withoutRequireText({ onLoad }) {
  onLoad({ filter: /ajv.dist.runtime.\w+\.js$/ }, async ({ path: file }) => ({
    contents: (await fs.readFile(file, 'utf8')).replace(/^\w+\.code = .*$/m, ''),
  }));
}

/**
 * The schema as the validators want it: without titles and descriptions, which would be carried
 * along unread; constant arrays item by item, which is faster and holds for arrays of another
 * realm; and alternatives told apart by their `kind`, so that a refusal speaks of the one meant.
 */
function validatorView(node) {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map(validatorView);
  if (Array.isArray(node.const)) return constantItems(node.const);
  const isWords = ([key, value]) =>
    (key === 'title' || key === 'description') && typeof value === 'string';
  const kept = Object.fromEntries(Object.entries(node).filter((entry) => !isWords(entry)));
  if (!kept.anyOf?.every(hasKind)) return mapValues(kept, validatorView);
  const { anyOf: oneOf, ...rest } = kept;
  const told = { type: 'object', discriminator: { propertyName: 'kind' } };
  return { ...rest, ...told, oneOf };
}

function constantItems(items) {
  const prefixItems = items.map((item) => ({ const: item }));
  return { type: 'array', prefixItems, minItems: items.length, items: false };
}

function hasKind({ $ref }) {
  return $ref !== undefined && $defs[$ref.split('/').at(-1)].properties?.kind?.const !== undefined;
}

/** What each pattern means in words, so that a refusal need not quote a regular expression. */
function patternMeanings(node, meanings = {}) {
  if (node === null || typeof node !== 'object') return meanings;
  if (typeof node.pattern === 'string' && typeof node.description === 'string')
    meanings[node.pattern] ??= node.description;
  for (const child of Object.values(node)) patternMeanings(child, meanings);
  return meanings;
}

function validatorTypes() {
  return `export interface SchemaError {
  keyword: string;
  instancePath: string;
  params: Readonly<Record<string, unknown>>;
}
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}
${documents.map((title) => `export const ${title}: Validator;`).join('\n')}
export const PATTERN_MEANINGS: Readonly<Record<string, string>>;
`;
}

/** One file of types: every definition once, under its own name. */
async function writeTypes() {
  const root = { title: 'Lodestone', $defs: mapValues($defs, typeScriptView) };
  const source = await compile(root, 'Lodestone', {
    additionalProperties: false,
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  const types = source
    .replace(/^export interface Lodestone \{[^}]*\}\n/m, '')
    .replace(/^ *\* (?:This interface was referenced by|via the `\w+`|@m\w+Items) .*\n/gm, '')
    .replace(/^(?: *\* *\n)+(?= *\*\/\n)/gm, '')
    .replace(/^ *\/\*\*\n *\*\/\n/gm, '');
  for (const [, name] of types.matchAll(/^export (?:interface|type) (\w+)/gm))
    if (!(name in $defs)) throw new Error(`The types have ${name}, which no schema defines`);
  const style = await resolveConfig('tools/generate.mjs');
  const text = `import type { Json } from '../json.js';\n\n${types}\n${unions()}`;
  await write('types.ts', await format(text, { ...style, parser: 'typescript' }));
}

/** The schema as json-schema-to-typescript wants it: exact tuples, and our own Json for "anything". */
function typeScriptView(node) {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map(typeScriptView);
  if (node.$ref) return { $ref: node.$ref };
  if (Array.isArray(node.const)) return { ...node, tsType: JSON.stringify(node.const) };
  if (node.type === 'object' && !node.properties)
    return { ...node, tsType: '{ [name: string]: Json }' };
  if (Object.keys(node).every((key) => key === 'description')) return { ...node, tsType: 'Json' };
  return mapValues(node, (child, key) =>
    key === 'properties' ? mapValues(child, typeScriptView) : typeScriptView(child),
  );
}

function unions() {
  return `/** Everything that is said about material: a Verifiable Credential 2.0 of one of these types. */
export type Statement = ${statements.join(' | ')};

/** The second member of a statement's \`type\`. */
export type StatementType = Statement['type'][1];

/** Every statement type, by name. */
export const STATEMENT_TYPES: readonly StatementType[] = ${JSON.stringify(statements)};

/** Every document that has a schema, by the schema's title. */
export interface Documents { ${documents.map((title) => `${title}: ${title};`).join(' ')} }
`;
}

function write(name, text) {
  return replaceFile(path.join(OUT, name), text);
}
