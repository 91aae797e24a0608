import { refuse } from '#lib/problem';
import { isSafeNumber, MAX_DEPTH, MAX_NAMES } from './json-limits.js';

/** RFC 8259 §6, sticky: matches at lastIndex only. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A run of characters that a string may hold unescaped (RFC 8259 §7): no quote, backslash, control. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const encoder = new TextEncoder();

/** The exact reader: decides every document that is not already canonical, and says where it fails. */
export function readJson(text: string): unknown {
  return new JsonReader(text).document();
}

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected('the end of the document');
    return value;
  }

  private value(depth: number): unknown {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): Record<string, unknown> {
    this.enter(depth);
    const members: Record<string, unknown> = {};
    if (this.take('}')) return members;
    let count = 0;
    do {
      this.skipSpace();
      const start = this.at;
      if (count++ === MAX_NAMES)
        throw malformed(this.text, start, `name ${MAX_NAMES + 1} of one object`);
      if (this.text[start] !== '"') throw this.unexpected('a name in double quotes');
      const name = this.string();
      if (name === '__proto__') throw malformed(this.text, start, 'the name __proto__');
      if (Object.hasOwn(members, name))
        throw malformed(this.text, start, `the name ${JSON.stringify(name)} a second time`);
      if (!this.take(':')) throw this.unexpected('a colon');
      members[name] = this.value(depth + 1);
    } while (this.take(','));
    if (!this.take('}')) throw this.unexpected('a comma or }');
    return members;
  }

  private array(depth: number): unknown[] {
    this.enter(depth);
    const items: unknown[] = [];
    if (this.take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.take(','));
    if (!this.take(']')) throw this.unexpected('a comma or ]');
    return items;
  }

  private string(): string {
    const start = this.at++;
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      const run = PLAIN.exec(this.text)![0];
      value += run;
      this.at += run.length;
      if (this.text[this.at] === '"') break;
      if (this.text[this.at] !== '\\') throw this.unexpected('the end of the string');
      value += this.escape();
    }
    this.at++;
    if (LONE_SURROGATE.test(value))
      throw malformed(this.text, start, 'a string with a lone surrogate');
    return value;
  }

  private escape(): string {
    const kind = this.text[this.at + 1] ?? '';
    if (kind === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!FOUR_HEX.test(digits)) throw this.unexpected('\\u with four hexadecimal digits');
      this.at += 6;
      return String.fromCharCode(parseInt(digits, 16));
    }
    const character = Object.hasOwn(ESCAPES, kind) ? ESCAPES[kind] : undefined;
    if (character === undefined) throw this.unexpected('an escape that JSON has');
    this.at += 2;
    return character;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const token = NUMBER.exec(this.text)?.[0];
    if (token === undefined) throw this.unexpected('a value');
    const value = Number(token);
    if (!isSafeNumber(value))
      throw malformed(this.text, this.at, `the number ${token}, beyond what every reader keeps`);
    if (Object.is(value, -0)) throw malformed(this.text, this.at, 'the number −0');
    this.at += token.length;
    return value;
  }

  private literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected('a value');
    this.at += word.length;
    return value;
  }

  private enter(depth: number): void {
    if (depth >= MAX_DEPTH)
      throw malformed(this.text, this.at, `level ${MAX_DEPTH + 1} of nesting`);
    this.at++;
  }

  private take(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private unexpected(wanted: string) {
    const found = this.text.codePointAt(this.at);
    const what = found === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(found));
    return malformed(this.text, this.at, `${what} instead of ${wanted}`);
  }
}

function malformed(text: string, at: number, what: string) {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const offset = encoder.encode(before).length;
  return refuse(
    'malformed-json',
    `Byte ${offset} (line ${line}, column ${column}) has ${what}.`,
    undefined,
    { extensions: { offset } },
  );
}
