import { MAX_DEPTH, MAX_NAMES } from './json-limits.js';

const ZERO = 0x30;
const NINE = 0x39;

/**
 * Whether text is in RFC 8785 form, told by its length alone, given the value that JSON.parse read
 * from it: every other spelling of the value is longer, by white space, by a name that stands twice,
 * by a needless escape or digit. So it need not be written again to be compared. False where length
 * does not tell, and for a value that may not stand in a document.
 */
export function hasCanonicalLength(text: string, value: unknown): boolean {
  const escapes = text.includes('\\') ? escapesIn(text) : 0;
  return canonicalLength(value, 0) + escapes === text.length;
}

/**
 * How many escapes text has, each a unit longer than what it stands for; NaN with a `\u`, which may
 * have another spelling of one length, or a `\/`, which is never needed.
 */
function escapesIn(text: string): number {
  if (text.includes('\\u') || text.includes('\\/')) return NaN;
  let count = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 2)) count++;
  return count;
}

/** UTF-16 units of a value in RFC 8785 form, with nothing escaped; NaN where that would not tell. */
function canonicalLength(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'object') {
    if (value === null) return 4;
    if (depth >= MAX_DEPTH) return NaN;
    return Array.isArray(value)
      ? arrayLength(value, depth + 1)
      : objectLength(value as Record<string, unknown>, depth + 1);
  }
  if (typeof value === 'number') return numberLength(value);
  return value === true ? 4 : 5;
}

/** Brackets, and a comma between each two. */
function arrayLength(items: readonly unknown[], depth: number): number {
  let length = items.length === 0 ? 2 : 1 + items.length;
  for (let i = 0; i < items.length; i++) length += canonicalLength(items[i], depth);
  return length;
}

/**
 * NaN unless the names are in the order of RFC 8785 §3.2.3. ECMAScript keeps them in the order of the
 * text, save those that look like an array index: a name that begins with a digit is not told.
 */
function objectLength(members: Record<string, unknown>, depth: number): number {
  let length = 1;
  let before = '';
  let count = 0;
  for (const name in members) {
    const first = name.charCodeAt(0);
    if (name < before || name === '__proto__' || (first >= ZERO && first <= NINE)) return NaN;
    if (++count > MAX_NAMES) return NaN;
    // The quotes and the colon, and the comma or brace after the member.
    length += name.length + 4 + canonicalLength(members[name], depth);
    before = name;
  }
  return count === 0 ? 2 : length;
}

/**
 * Of whole numbers only, within ±(2^53 − 1), and of those not with two zeros at their end, for which
 * an exponent can be as short (`1e2`). −0 is none either.
 */
function numberLength(value: number): number {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return NaN;
  return value % 100 === 0 && value !== 0 ? NaN : String(value).length;
}
