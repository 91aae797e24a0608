import { refuse } from '#lib/problem';
import type { Documents, Statement, StatementType } from './generated/types.js';
import { STATEMENT_TYPES } from './generated/types.js';
import * as validators from './generated/validators.js';
import { accepts } from './schema-acceptance.js';
import { describeViolation } from './schema-error.js';

/** The title of a JSON Schema in schemas/, which is also the name of its TypeScript type. */
export type DocumentTitle = keyof Documents;

const statementTypes: ReadonlySet<string> = new Set(STATEMENT_TYPES);

/**
 * Returns the value, typed, if it matches the JSON Schema (2020-12) of that title; otherwise throws
 * `schema-violation` for the first field to mend, with its pointer and the rule it breaks.
 */
export function checkDocument<Title extends DocumentTitle>(
  title: Title,
  value: unknown,
): Documents[Title] {
  if (accepts(title, value)) return value as Documents[Title];
  const validate = validators[title];
  if (validate(value)) return value as Documents[Title];
  const { pointer, rule, detail } = describeViolation(validate.errors ?? []);
  throw refuse('schema-violation', detail, pointer, { extensions: { rule, schema: title } });
}

/**
 * Returns the value as a statement if it matches the schema of its own `type`: the type is read
 * first, so that a refusal speaks of the statement that was meant.
 */
export function checkStatement(value: unknown): Statement {
  return checkDocument(statementTypeOf(value), value);
}

/** The second member of a statement's `type`; throws `schema-violation` if there is no such type. */
export function statementTypeOf(value: unknown): StatementType {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notAStatement('A statement is a JSON object.', '', 'type');
  const { type } = value as { type?: unknown };
  if (!Array.isArray(type) || type.length !== 2)
    throw notAStatement(
      'The field /type must be ["VerifiableCredential", "<statement type>"].',
      '/type',
      'const',
    );
  const name: unknown = type[1];
  if (typeof name === 'string' && statementTypes.has(name)) return name as StatementType;
  const known = STATEMENT_TYPES.join(', ');
  throw notAStatement(`The field /type/1 must be one of ${known}.`, '/type/1', 'enum');
}

function notAStatement(detail: string, pointer: string, rule: string) {
  return refuse('schema-violation', detail, pointer, { extensions: { rule, schema: 'Statement' } });
}
