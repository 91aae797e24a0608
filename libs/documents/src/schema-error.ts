import { escapePointer } from './canonical.js';
import { PATTERN_MEANINGS, type SchemaError } from './generated/validators.js';

/** One violation of a schema in words: where, which JSON Schema keyword, and what is wanted. */
export interface Violation {
  pointer: string;
  rule: string;
  detail: string;
}

/**
 * The violation that a person should mend. A validator that failed inside `anyOf` reports every
 * branch; the branch that got furthest into the document is the one that was meant.
 */
export function describeViolation(errors: readonly SchemaError[]): Violation {
  const error = errors.reduce((best, next) => (rank(next) > rank(best) ? next : best));
  const pointer = pointerOf(error);
  const subject = pointer === '' ? 'The document' : `The field ${pointer}`;
  return { pointer, rule: error.keyword, detail: `${subject} ${wanted(error)}.` };
}

/** Depth first; at one depth, a rule about the content says more than a wrong type. */
function rank({ instancePath, keyword }: SchemaError): number {
  const depth = instancePath.split('/').length;
  if (keyword === 'anyOf' || keyword === 'oneOf') return -1;
  return 2 * depth + (keyword === 'type' ? 0 : 1);
}

function pointerOf({ instancePath, params }: SchemaError): string {
  const member = params['missingProperty'] ?? params['additionalProperty'] ?? params['tag'];
  return member === undefined ? instancePath : `${instancePath}/${escapePointer(String(member))}`;
}

function wanted({ keyword, params }: SchemaError): string {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not a field of this document';
    case 'type':
      return `must be ${withArticle(String(params['type']))}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'discriminator':
      return 'is not one that this document knows';
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'pattern':
      return `does not read as what belongs here: ${meaning(String(params['pattern']))}`;
    case 'format':
      return `is not a ${String(params['format'])} that exists`;
    case 'minLength':
    case 'maxLength':
      return `must have ${bound(keyword)} ${limit} characters`;
    case 'minItems':
    case 'maxItems':
    case 'items':
      return `must have ${bound(keyword)} ${limit} items`;
    case 'minimum':
    case 'maximum':
      return `must be ${bound(keyword)} ${limit}`;
    case 'uniqueItems':
      return `holds item ${String(params['i'])} twice`;
    default:
      return `breaks the rule “${keyword}”`;
  }
}

function bound(keyword: string): string {
  return keyword.startsWith('min') ? 'at least' : 'at most';
}

function meaning(pattern: string): string {
  return (PATTERN_MEANINGS[pattern] ?? `text that matches ${pattern}`).replace(/\.$/, '');
}

function withArticle(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}
