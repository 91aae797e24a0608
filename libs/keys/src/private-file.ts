import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Why a key could not be stored or read. */
export type KeyStorageReason =
  | 'exists'
  | 'missing'
  | 'readable-by-others'
  | 'malformed'
  | 'tampered'
  | 'wrong-passphrase'
  | 'unknown-key'
  | 'reused-key';

/** A fault of a key file or keystore, in words for the operator; it never quotes a secret. */
export class KeyStorageError extends Error {
  override readonly name = 'KeyStorageError';

  constructor(
    readonly reason: KeyStorageReason,
    message: string,
  ) {
    super(message);
  }
}

/** Mode bits of group and others. */
const OTHERS = 0o077;

/**
 * Creates a file that only its owner can read (mode 0600), durable when this returns. Throws
 * KeyStorageError `exists` rather than overwrite: the key in the way may be the only copy.
 */
export function createPrivateFile(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeDurably(file, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new KeyStorageError('exists', `${file} exists; keys are never overwritten.`);
  }
  syncFolder(file);
}

/** Replaces a private file in one step: a crash leaves the old content or the new, never a mixture. */
export function replacePrivateFile(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeDurably(temporary, text);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(file);
}

/** The text of a file; throws KeyStorageError `missing` when there is none. */
export function readPrivateFile(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new KeyStorageError('missing', `${file} does not exist.`);
  }
}

/**
 * Throws KeyStorageError `readable-by-others` when group or others can read the file. Windows keeps
 * no mode bits, so nothing is checked there.
 */
export function requireOwnerOnly(file: string): void {
  if (process.platform === 'win32' || !fs.existsSync(file)) return;
  if ((fs.statSync(file).mode & OTHERS) !== 0)
    throw new KeyStorageError(
      'readable-by-others',
      `${file} can be read by others: chmod 600 it, and replace the key if anybody may have.`,
    );
}

function writeDurably(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'wx', 0o600);
  try {
    fs.writeFileSync(descriptor, text);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A new name is durable only once its folder is; Windows cannot open one and does not need to. */
function syncFolder(file: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(path.dirname(file), 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
