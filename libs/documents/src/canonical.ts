import { refuse } from '#lib/problem';
import { isCanonicalTree, isPlainObject, MAX_DEPTH } from './json-limits.js';

const encoder = new TextEncoder();
/** ASCII that JSON strings hold unescaped: from space up, save the quote and the backslash. */
const PLAIN_ASCII = /^[ !#-[\]-~]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The JSON Canonicalization Scheme (RFC 8785) as text. Stricter than most: what JSON cannot carry
 * unchanged (undefined, a Date, NaN, a lone surrogate, depth over 32) is refused as `malformed-json` with its pointer, never silently converted.
 */
export function canonicalize(value: unknown): string {
  if (isCanonicalTree(value)) {
    const text = JSON.stringify(value);
    if (!text.includes('\\ud')) return text;
  }
  return write(value, []);
}

/** The UTF-8 bytes of `canonicalize`: what is signed and hashed. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonicalize(value));
}

/**
 * Throws `not-canonical`, naming the first differing byte, unless `bytes` are exactly the RFC 8785
 * form of `value`, the document that was read from them.
 */
export function requireCanonical(bytes: Uint8Array, value: unknown): void {
  const canonical = canonicalBytes(value);
  const end = Math.min(bytes.length, canonical.length);
  let offset = 0;
  while (offset < end && bytes[offset] === canonical[offset]) offset++;
  if (offset === bytes.length && offset === canonical.length) return;
  throw refuse(
    'not-canonical',
    `Byte ${offset} is ${spell(bytes, offset)}; RFC 8785 has ${spell(canonical, offset)} there.`,
    undefined,
    { extensions: { offset } },
  );
}

/** Where the writer is: names and positions from the root, spelled out only for a refusal. */
type Path = (string | number)[];

function write(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'number':
      return writeNumber(value, path);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (path.length >= MAX_DEPTH) throw notJson(`more than ${MAX_DEPTH} levels deep`, path);
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw notJson(`of type ${typeof value}`, path);
  }
}

/** RFC 8785 §3.2.2.2: ECMAScript's JSON.stringify escapes exactly as required. */
function writeString(value: string, path: Path): string {
  if (PLAIN_ASCII.test(value)) return `"${value}"`;
  if (LONE_SURROGATE.test(value)) throw notJson('a string with a lone surrogate', path);
  return JSON.stringify(value);
}

/** RFC 8785 §3.2.2.3: ECMAScript's Number::toString, which also turns −0 into 0. */
function writeNumber(value: number, path: Path): string {
  if (!Number.isFinite(value)) throw notJson(`the number ${value}`, path);
  return String(value);
}

function writeArray(items: readonly unknown[], path: Path): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    path.push(i);
    text += (i === 0 ? '' : ',') + write(items[i], path);
    path.pop();
  }
  return `${text}]`;
}

/** RFC 8785 §3.2.3: names sorted by UTF-16 code units, which is how ECMAScript compares strings. */
function writeObject(value: object, path: Path): string {
  if (!isPlainObject(value)) throw notJson('an object with a class', path);
  let text = '{';
  for (const name of Object.keys(value).sort()) {
    path.push(name);
    if (name === '__proto__') throw notJson('under the name __proto__', path);
    const member = write((value as Record<string, unknown>)[name], path);
    text += `${text.length === 1 ? '' : ','}${writeString(name, path)}:${member}`;
    path.pop();
  }
  return `${text}}`;
}

/** One reference token of an RFC 6901 JSON Pointer, with `~` and `/` escaped. */
export function escapePointer(name: string): string {
  return /[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}

function notJson(what: string, path: Path) {
  const pointer = path.map((name) => `/${escapePointer(String(name))}`).join('');
  return refuse('malformed-json', `The value is ${what}, which I-JSON cannot carry.`, pointer);
}

function spell(bytes: Uint8Array, offset: number): string {
  const byte = bytes[offset];
  if (byte === undefined) return 'the end';
  return byte > 0x20 && byte < 0x7f
    ? `“${String.fromCharCode(byte)}”`
    : `0x${byte.toString(16).padStart(2, '0')}`;
}
