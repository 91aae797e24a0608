import { sha256 } from '@noble/hashes/sha2.js';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem, type ProblemName } from '#lib/problem';
import { canonicalBytes, type Disclosure, type Statement } from '#lib/documents';

const VECTORS = path.join(__dirname, '../vectors');

/** A vector file, parsed. */
export function readVector<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(VECTORS, name), 'utf8')) as T;
}

/** One golden statement of every type, under its type. */
export const examples: Readonly<Record<string, Statement>> = Object.fromEntries(
  readdirSync(path.join(VECTORS, 'statements'))
    .filter((name) => name !== 'digests.json' && name !== 'disclosures.json')
    .map((name) => readVector<Statement>(`statements/${name}`))
    .map((statement) => [statement.type[1], statement]),
);

/** What opens the blinded values of the golden statement of a type. */
export function disclosuresOf(type: string): Disclosure[] {
  return readVector<Record<string, Disclosure[]>>('statements/disclosures.json')[type] ?? [];
}

/** The body that a client sends for a golden statement. */
export function submissionOf(type: string): Uint8Array {
  return canonicalBytes({ disclosures: disclosuresOf(type), statement: examples[type] });
}

/** UTF-8 bytes of text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The Problem that an action refuses with; fails the test if it does not refuse. */
export function refusalOf(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}

/** Name and pointer of a refusal, for tables. */
export function nameAndPointer(action: () => unknown): [ProblemName, string | undefined] {
  const { problem, pointer } = refusalOf(action);
  return [problem, pointer];
}

export { sha256 };
