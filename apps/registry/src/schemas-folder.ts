import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The schemas/ folder beside the program, from the sources as from dist/. */
export function schemasFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!fs.existsSync(path.join(folder, 'schemas', 'common.schema.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('The schemas/ folder is missing beside the program');
    folder = parent;
  }
  return path.join(folder, 'schemas');
}

/** The files of the folder, or of a part of it, whose names end so; sorted, as bytes. */
export function schemaFiles(ending: string, part = ''): Buffer[] {
  const folder = path.join(schemasFolder(), part);
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file)));
}
