import type { ProblemName } from '#lib/problem';

/** What the OpenAPI document says about one route; who may call it comes from the route itself. */
export interface Operation {
  summary: string;
  /** A component schema's name, or a schema. */
  body?: string | object;
  /** In place of `body`: what a body in another media type than JSON is. */
  text?: string;
  query?: Record<string, object>;
  /** By status: a component schema's name, a schema, or the media type of bytes. */
  answers: Record<number, Answer>;
  problems?: readonly ProblemName[];
}

/** A JSON answer by its schema, or an answer in another media type. */
export type Answer = { schema: string | object } | { mediaType: string; what: string };

/** An answer in JSON. */
export const json = (schema: string | object): Answer => ({ schema });
/** An answer in another media type, with what it is. */
export const bytes = (mediaType: string, what: string): Answer => ({ mediaType, what });
/** A closed object schema; every property is required unless told otherwise. */
export const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
/** A component schema by its name. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
/** A list of such items. */
export const list = (items: object) => ({ type: 'array', items });
/** Any text. */
export const text = { type: 'string' };
/** A whole number from 0. */
export const count = { type: 'integer', minimum: 0 };
/** An object whose schema is its own document’s. */
export const record = { type: 'object' };
