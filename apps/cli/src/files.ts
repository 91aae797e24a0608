import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
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

/**
 * Replaces a file in one step, durable when this returns: a crash leaves the old content or the new,
 * and never a name whose bytes are still to come.
 */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await makeFolder(folder);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeSynced(temporary, bytes);
    await fs.rename(temporary, file);
  } catch (fault) {
    await fs.rm(temporary, { force: true });
    throw fault;
  }
  await syncFolder(folder);
}

/** Makes a folder and those above it, each durable under its name in the one above. */
async function makeFolder(folder: string): Promise<void> {
  const first = await fs.mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const top = path.dirname(path.resolve(first));
  for (let made = path.dirname(path.resolve(folder)); ; made = path.dirname(made)) {
    await syncFolder(made);
    if (made.length <= top.length) return;
  }
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await fs.open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new name is durable only once its folder is; Windows cannot open one and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
