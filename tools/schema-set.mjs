// Reads schemas/ as one set of definitions, each under its one name.
import fs from 'node:fs/promises';
import path from 'node:path';

const SCHEMAS = 'schemas';

const schemas = await readSchemas();

/** Titles of the schemas that describe a whole document. */
export const documents = schemas.filter(isDocument).map(({ schema }) => schema.title);

/** Titles of the statement schemas. */
export const statements = schemas
  .filter((each) => each.isStatement)
  .map(({ schema }) => schema.title);

/** Every definition of every file, referring to one another as `#/$defs/<name>`. */
export const $defs = definitions();

/** The object with every value changed; the function is also given the key. */
export function mapValues(object, change) {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, change(value, key)]),
  );
}

async function readSchemas() {
  const files = (await fs.readdir(SCHEMAS, { recursive: true })).filter((name) =>
    name.endsWith('.schema.json'),
  );
  const read = async (file) => ({
    isStatement: path.dirname(file) === 'statements',
    schema: JSON.parse(await fs.readFile(path.join(SCHEMAS, file), 'utf8')),
  });
  return Promise.all(files.sort().map(read));
}

/** A schema with a type of its own; common.schema.json only lends definitions. */
function isDocument({ schema }) {
  return schema.type !== undefined;
}

/** Every definition of every file under its one name, so that each becomes one function and type. */
function definitions() {
  const all = {};
  const define = (name, definition) => {
    if (name in all) throw new Error(`Two schemas define ${name}`);
    all[name] = { ...withLocalReferences(definition), title: name };
  };
  for (const { schema } of schemas) {
    const { $defs: own, $id: _id, $schema: _schema, ...document } = schema;
    for (const [name, definition] of Object.entries(own ?? {})) define(name, definition);
    if (isDocument({ schema })) define(schema.title, document);
  }
  return all;
}

function withLocalReferences(node) {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map(withLocalReferences);
  return mapValues(node, (child, key) =>
    key === '$ref' ? localReference(child) : withLocalReferences(child),
  );
}

function localReference(reference) {
  const [file, fragment] = reference.split('#');
  if (fragment) return `#/$defs/${fragment.split('/').at(-1)}`;
  const target = schemas.find(({ schema }) => schema.$id.endsWith(`/${path.basename(file)}`));
  return `#/$defs/${target.schema.title}`;
}
