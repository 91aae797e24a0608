import { schemaFiles } from '../schemas-folder.js';

/** A JSON Schema document or one of its parts. */
export type JsonSchema = Record<string, unknown>;

/** Schemas that are not documents which leave the system in signed form, and so have no file. */
const OWN: Record<string, JsonSchema> = {
  ProblemType: {
    type: 'object',
    description: 'One problem type of the closed registry.',
    required: ['name', 'type', 'status', 'title', 'remedy'],
    properties: {
      name: { type: 'string' },
      type: { type: 'string' },
      status: { type: 'integer' },
      title: { type: 'string' },
      remedy: { type: 'string' },
    },
  },
  CertificateStatus: {
    type: 'string',
    enum: ['active', 'suspended', 'revoked', 'superseded'],
    description: 'As the ledger holds it now.',
  },
  RulesetSummary: {
    type: 'object',
    required: ['id', 'version', 'title', 'effectiveFrom', 'effectiveTo', 'digest', 'source'],
    properties: {
      id: { type: 'string' },
      version: { type: 'string' },
      title: { type: 'string' },
      effectiveFrom: { type: 'string', format: 'date' },
      effectiveTo: { type: ['string', 'null'], format: 'date' },
      digest: { type: 'string' },
      source: { enum: ['shipped', 'published'] },
    },
  },
  Report: {
    type: 'object',
    description: 'What inspectBundle finds, check by check.',
    required: ['accepted', 'asOf', 'checks'],
    properties: {
      accepted: { type: 'boolean' },
      certificate: { type: 'object' },
      asOf: { type: 'array', items: { type: 'object' } },
      checks: { type: 'array', items: { type: 'object' } },
    },
  },
};

/** Every schema under its title, references made local, as OpenAPI 3.1 `components.schemas`. */
export function schemaComponents(): Record<string, JsonSchema> {
  const documents = schemaFiles('.schema.json').map(
    (bytes) => JSON.parse(bytes.toString()) as JsonSchema,
  );
  const titles = new Map(documents.map(({ $id, title }) => [$id as string, title as string]));
  const components: Record<string, JsonSchema> = { ...OWN };
  for (const { $id: _id, $schema: _schema, $defs, ...document } of documents) {
    for (const [name, definition] of Object.entries(($defs ?? {}) as JsonSchema))
      components[name] = localised(definition, titles) as JsonSchema;
    if (document['type'] !== undefined)
      components[document['title'] as string] = localised(document, titles) as JsonSchema;
  }
  return components;
}

function localised(node: unknown, titles: ReadonlyMap<string, string>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((each) => localised(each, titles));
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === '$ref' ? localReference(value as string, titles) : localised(value, titles),
    ]),
  );
}

function localReference(reference: string, titles: ReadonlyMap<string, string>): string {
  const [document, fragment] = reference.split('#');
  const name = fragment ? fragment.split('/').at(-1)! : titles.get(document!);
  if (name === undefined) throw new Error(`No schema is at ${reference}`);
  return `#/components/schemas/${name}`;
}
