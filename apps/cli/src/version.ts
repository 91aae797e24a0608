import { existsSync, readFileSync } from 'node:fs';

/** The version in the nearest package.json above this file that states one. */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder);
    const { version } = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { version?: string })
      : {};
    if (version !== undefined) return version;
    if (folder.pathname === '/') return 'unknown';
  }
}
