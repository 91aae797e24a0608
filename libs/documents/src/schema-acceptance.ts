import { canonicalize } from './canonical.js';
import { DEFINITIONS } from './generated/definitions.js';
import { isDate, isDateTime } from './schema-format.js';

/** The keywords of JSON Schema 2020-12 that the schemas use; any other is a fault. */
export interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  discriminator?: { propertyName: string };
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean;
  items?: Schema | false;
  prefixItems?: readonly Schema[];
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  pattern?: string;
  format?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

type Check = (value: unknown) => boolean;

const checks = new Map<string, { check: Check }>();

/**
 * Whether a value matches the definition of that title, as far as that is seen at once. What it does
 * not accept is for the generated validators to judge, and to put a refusal into words; it accepts
 * nothing that they refuse. It is here because they are 400 KB of straight code for each field and each
 * refusal: before all of that is warm, reading one certificate costs more by them than its signature,
 * and by a few small closures a third of it.
 */
export function accepts(title: string, value: unknown): boolean {
  return definition(title).check(value);
}

/** A definition is compiled when it is first needed; within itself it is found already begun. */
function definition(name: string): { check: Check } {
  const known = checks.get(name);
  if (known) return known;
  const begun = { check: (value: unknown): boolean => begun.check(value) };
  checks.set(name, begun);
  begun.check = compile(DEFINITIONS[name]!);
  return begun;
}

function compile(schema: Schema): Check {
  const { $ref, type, anyOf, oneOf, ...rest } = schema;
  if ($ref !== undefined) return only({ ...rest, type, anyOf, oneOf }, referred($ref));
  if (oneOf) return toldApart(schema, oneOf);
  if (anyOf) return only({ ...rest, type }, any(anyOf.map(compile)));
  if ('const' in schema) return exactly(schema);
  switch (type) {
    case 'string':
      return string(schema);
    case 'object':
      return object(schema);
    case 'array':
      return array(schema);
    case 'integer':
      return integer(schema);
    case 'boolean':
      return only(rest, (value) => typeof value === 'boolean');
    case 'null':
      return only(rest, (value) => value === null);
    case undefined:
      return only(rest, (value) => value !== undefined);
    default:
      throw new Error(`The schemas have a type ${type}`);
  }
}

/** Faults when a schema says more than its check looks at. */
function only(rest: object, check: Check): Check {
  const unknown = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (unknown.length > 0) throw new Error(`The schemas have ${unknown.join(' ')}`);
  return check;
}

function referred($ref: string): Check {
  const known = definition($ref.slice($ref.lastIndexOf('/') + 1));
  return (value) => known.check(value);
}

function any(branches: readonly Check[]): Check {
  return (value) => {
    for (const accepted of branches) if (accepted(value)) return true;
    return false;
  };
}

/** Alternatives that the constant of one member tells apart. */
function toldApart(schema: Schema, oneOf: readonly Schema[]): Check {
  const { type: _type, oneOf: _oneOf, discriminator, ...rest } = schema;
  const tag = discriminator!.propertyName;
  const branches = new Map(oneOf.map((each) => [constantOf(each, tag), compile(each)]));
  return only(rest, (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const check = branches.get((value as Record<string, unknown>)[tag]);
    return check !== undefined && check(value);
  });
}

function constantOf({ $ref = '' }: Schema, tag: string): unknown {
  return DEFINITIONS[$ref.slice($ref.lastIndexOf('/') + 1)]!.properties![tag]!.const;
}

function exactly({ const: constant, ...rest }: Schema): Check {
  if (typeof constant === 'object') throw new Error('The schemas have a constant with members');
  return only(rest, (value) => value === constant);
}

function string({ type: _type, enum: values, pattern, maxLength, format, ...rest }: Schema): Check {
  if (values) {
    const known = new Set(values);
    return only({ ...rest, pattern, maxLength, format }, (value) => known.has(value));
  }
  const shape = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  // Counted in UTF-16 units, which are no fewer than the characters that the schema counts.
  const limit = maxLength ?? Infinity;
  const exists = format === undefined ? undefined : FORMATS[format]!;
  return only(rest, (value) => {
    if (typeof value !== 'string' || value.length > limit) return false;
    return (shape === undefined || shape.test(value)) && (exists === undefined || exists(value));
  });
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  'date-time': isDateTime,
};

function integer({ type: _type, minimum, maximum, ...rest }: Schema): Check {
  const [least, most] = [minimum ?? -Infinity, maximum ?? Infinity];
  return only(rest, (value) => Number.isInteger(value) && isWithin(value as number, least, most));
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function array(schema: Schema): Check {
  const { type: _type, items, prefixItems, minItems, maxItems, uniqueItems, ...rest } = schema;
  const first = (prefixItems ?? []).map(compile);
  const each = items === undefined || items === false ? undefined : compile(items);
  const least = minItems ?? 0;
  const most = Math.min(maxItems ?? Infinity, items === false ? first.length : Infinity);
  return only(rest, (value) => {
    if (!Array.isArray(value) || !isWithin(value.length, least, most)) return false;
    for (let i = 0; i < value.length; i++) {
      const check = i < first.length ? first[i] : each;
      if (check !== undefined && !check(value[i])) return false;
    }
    return uniqueItems !== true || new Set(value.map(spell)).size === value.length;
  });
}

/** Equal values are spelled alike; to spell unequal ones alike as well only costs a second look. */
function spell(value: unknown): string {
  return typeof value === 'string' ? value : canonicalize(value);
}

function object(schema: Schema): Check {
  const { type: _type, properties = {}, required = [], additionalProperties, ...rest } = schema;
  const members = new Map(
    Object.entries(properties).map(([name, each]) => [
      name,
      { check: compile(each), weight: required.includes(name) ? 1 : 0 },
    ]),
  );
  if (!required.every((name) => members.has(name)))
    throw new Error(`The schemas do not say what ${required.join(', ')} are`);
  const isClosed = additionalProperties === false;
  return only(rest, (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let found = 0;
    for (const name in value) {
      const member = members.get(name);
      if (member === undefined) {
        if (isClosed) return false;
      } else if (member.check((value as Record<string, unknown>)[name])) found += member.weight;
      else return false;
    }
    return found === required.length;
  });
}
