/** How many objects and arrays may stand inside one another; deeper documents are refused. */
export const MAX_DEPTH = 32;

/** How many names one object may have. V8 keeps more in a dictionary, which costs several times more. */
export const MAX_NAMES = 1_024;

/**
 * How many values may follow a comma or an opening bracket: a bound on the work that a document can
 * make, whatever it is then taken for. A bundle of ten thousand statements stays far below it.
 */
export const MAX_VALUES = 250_000;

/**
 * Whether every I-JSON reader agrees on the number (RFC 7493 §2.2): finite, and if whole, within
 * ±(2^53 − 1).
 */
export function isSafeNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/**
 * Whether the value is plain JSON whose names already stand in RFC 8785 order, so that
 * ECMAScript's own JSON.stringify gives its canonical form (lone surrogates are for the caller to
 * see: stringify escapes them).
 */
export function isCanonicalTree(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return isSafeNumber(value);
    case 'object':
      if (value === null) return true;
      if (depth >= MAX_DEPTH) return false;
      return Array.isArray(value) ? isCanonicalArray(value, depth) : isSortedObject(value, depth);
    default:
      return false;
  }
}

/** Whether an object is a plain one: made by a literal or by JSON.parse, in whichever realm. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    prototype === Object.prototype ||
    Object.getPrototypeOf(prototype) === null
  );
}

function isCanonicalArray(items: readonly unknown[], depth: number): boolean {
  for (let i = 0; i < items.length; i++) if (!isCanonicalTree(items[i], depth + 1)) return false;
  return true;
}

function isSortedObject(value: object, depth: number): boolean {
  if (!isPlainObject(value)) return false;
  const names = Object.keys(value);
  if (names.length > MAX_NAMES) return false;
  let before: string | undefined;
  for (const name of names) {
    if (before !== undefined && name < before) return false;
    const member = (value as Record<string, unknown>)[name];
    if (name === '__proto__' || !isCanonicalTree(member, depth + 1)) return false;
    before = name;
  }
  return true;
}
