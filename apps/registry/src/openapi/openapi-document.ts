import type { RouteDeclaration } from '#lib/http';
import type { Answer, Operation } from './operation.js';
import { OPERATIONS } from './operations.js';
import { schemaComponents, type JsonSchema } from './schema-components.js';

/** First segments of paths, in the order in which a reader meets them. */
const GROUPS = [
  'statements',
  'certificates',
  'imports',
  'verifications',
  'assessments',
  'rulesets',
  'batches',
  'parties',
  'log',
  'logs',
  'witness',
  'sessions',
  'health',
];

/** An OpenAPI 3.1 document, as far as it is looked into here. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: JsonSchema;
  tags: { name: string }[];
  paths: Record<string, Record<string, JsonSchema>>;
  components: JsonSchema;
}

/**
 * The OpenAPI 3.1 document of the given routes. A route that `OPERATIONS` does not describe is a
 * fault, so that none is ever undocumented.
 */
export function openApiDocument(routes: readonly RouteDeclaration[]): OpenApiDocument {
  const audiences = new Map(routes.map(({ route, audiences }) => [route, audiences ?? []]));
  const silent = routes.find(({ route }) => !(route in OPERATIONS));
  if (silent) throw new Error(`${silent.route} is not described in the OpenAPI document`);
  const paths: OpenApiDocument['paths'] = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [verb, pattern] = route.split(' ') as [string, string];
    const template = pattern.replace(/:(\w+)/g, '{$1}').replace('*', '{path}');
    (paths[template] ??= {})[verb.toLowerCase()] = {
      operationId: operationId(verb, pattern),
      tags: [tagOf(pattern)],
      summary: operation.summary,
      ...security(audiences.get(route) ?? []),
      ...parameters(template, operation),
      ...requestBody(operation),
      responses: responses(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Lodestone registry', version: '0.1.0', license: { name: 'Apache-2.0' } },
    tags: [...GROUPS, 'registry'].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemaComponents(),
      securitySchemes: { session: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationId(verb: string, pattern: string): string {
  const words = pattern.split(/[^A-Za-z]+/).filter(Boolean);
  const capitalised = words.map((word) => word[0]!.toUpperCase() + word.slice(1));
  return verb.toLowerCase() + capitalised.join('');
}

/** The page groups routes by their first segment; what has no group of its own is about the registry. */
function tagOf(pattern: string): string {
  const first = pattern.split('/')[1]!;
  return GROUPS.includes(first) ? first : 'registry';
}

function security(audiences: readonly string[]): JsonSchema {
  if (audiences.includes('public')) return { 'x-audience': audiences };
  return { security: [{ session: [] }], 'x-audience': audiences };
}

function parameters(template: string, { query = {} }: Operation): JsonSchema {
  const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema }));
  const all = [...inPath, ...inQuery];
  return all.length > 0 ? { parameters: all } : {};
}

function requestBody({ body, text }: Operation): JsonSchema {
  if (text !== undefined)
    return {
      requestBody: { required: true, description: text, content: { 'text/plain': { schema: {} } } },
    };
  if (body === undefined) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } },
  };
}

function responses({ answers, problems = [] }: Operation): JsonSchema {
  const good = Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)]);
  const description =
    problems.length > 0 ? `A problem, such as ${problems.join(', ')}.` : 'A problem.';
  const schema = { $ref: '#/components/schemas/ProblemDetails' };
  const refused = { description, content: { 'application/problem+json': { schema } } };
  return { ...Object.fromEntries(good), default: refused };
}

function responseOf(answer: Answer): JsonSchema {
  if ('schema' in answer)
    return {
      description: 'As the schema says.',
      content: { 'application/json': { schema: schemaOf(answer.schema) } },
    };
  return { description: answer.what, content: { [answer.mediaType]: { schema: {} } } };
}

function schemaOf(schema: string | object): object {
  return typeof schema === 'string' ? { $ref: `#/components/schemas/${schema}` } : schema;
}
