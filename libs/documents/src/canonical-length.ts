import { MAX_DEPTH, MAX_NAMES } from './json-limits.js';

/** What a JSON string cannot hold as it is: quote, backslash and controls (RFC 8785 §3.2.2.2). */
const NEEDS_ESCAPE = /[^ !#-[\]-\uffff]/;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * How long the RFC 8785 form of a value is, in UTF-16 units; NaN where that would not tell text in
 * this form from any other that JSON.parse reads as this value. For what it does tell, every other
 * spelling is longer: with white space, with a name twice, with a needless escape. So text of just
 * this length is in RFC 8785 form, and need not be written again to be compared.
 *
 * `escapes`: whether the text has a backslash; the caller has seen that it has no `\u`, of which two
 * spellings may be of one length.
 */
export function canonicalLength(value: unknown, escapes: boolean, depth = 0): number {
  if (typeof value === 'string') return stringLength(value, escapes);
  if (typeof value === 'object') {
    if (value === null) return 4;
    if (depth >= MAX_DEPTH) return NaN;
    return Array.isArray(value)
      ? arrayLength(value, escapes, depth + 1)
      : objectLength(value as Record<string, unknown>, escapes, depth + 1);
  }
  if (typeof value === 'number') return numberLength(value);
  return value === true ? 4 : 5;
}

/** Brackets, and a comma between each two. */
function arrayLength(items: readonly unknown[], escapes: boolean, depth: number): number {
  let length = items.length === 0 ? 2 : 1 + items.length;
  for (let i = 0; i < items.length; i++) length += canonicalLength(items[i], escapes, depth);
  return length;
}

/**
 * NaN unless the names are in the order of RFC 8785 §3.2.3. ECMAScript keeps them in the order of the
 * text, save those that look like an array index: a name that begins with a digit is not told.
 */
function objectLength(members: Record<string, unknown>, escapes: boolean, depth: number): number {
  let length = 1;
  let before = '';
  let count = 0;
  for (const name in members) {
    const first = name.charCodeAt(0);
    if (name < before || name === '__proto__' || (first >= ZERO && first <= NINE)) return NaN;
    if (++count > MAX_NAMES) return NaN;
    // The colon, and the comma or brace after the member.
    length += stringLength(name, escapes) + 2 + canonicalLength(members[name], escapes, depth);
    before = name;
  }
  return count === 0 ? 2 : length;
}

function stringLength(value: string, escapes: boolean): number {
  return escapes && NEEDS_ESCAPE.test(value) ? JSON.stringify(value).length : value.length + 2;
}

/**
 * Of whole numbers only, within ±(2^53 − 1), and of those not with two zeros at their end, for which
 * an exponent can be as short (`1e2`); −0, which `%` keeps, is none either.
 */
function numberLength(value: number): number {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return NaN;
  return value % 100 === 0 && value !== 0 ? NaN : String(value).length;
}
