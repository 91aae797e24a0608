import { readFileSync, writeFileSync } from 'node:fs';
import { parseJson, type Json } from '#lib/documents';

/** The exact bytes of a file, or of standard input when it is named `-`. */
export function readBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(file === '-' ? 0 : file));
}

/** A file's JSON, read strictly. Throws `malformed-json`. */
export function readJson(file: string): Json {
  return parseJson(readBytes(file));
}

/** Writes bytes to a file, or to standard output when none is named. */
export function writeBytes(bytes: Uint8Array, file?: string): void {
  if (file === undefined) process.stdout.write(bytes);
  else writeFileSync(file, bytes);
}
