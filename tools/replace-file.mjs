import fs from 'node:fs/promises';
import path from 'node:path';

/**
 * Gives a file this content, all of it or none: a reader sees the old file or the new one, never a
 * part. A file that has it already is left alone. Gives the path.
 */
export async function replaceFile(file, content) {
  const bytes = Buffer.from(content);
  const before = await fs.readFile(file).catch(() => undefined);
  if (before?.equals(bytes)) return file;
  await fs.mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await fs.writeFile(temporary, bytes);
  await fs.rename(temporary, file);
  return file;
}
