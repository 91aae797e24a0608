import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { RunAs } from './run-as.js';

/** The folders and files of one embedded database. */
export interface ClusterPaths {
  dataDir: string;
  clusterDir: string;
  pidFile: string;
  logFile: string;
}

/** The role that owns every table and migrates; the bootstrap superuser of the embedded server. */
export const OWNER_ROLE = 'lodestone';

/** What PostgreSQL's children need of our environment, and nothing of its PG* settings. */
export const SERVER_ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** Names the files under a data directory, given as a path relative to the working directory. */
export function clusterPaths(dataDir: string): ClusterPaths {
  const root = path.resolve(dataDir);
  const clusterDir = path.join(root, 'pg');
  return {
    dataDir: root,
    clusterDir,
    pidFile: path.join(clusterDir, 'postmaster.pid'),
    logFile: path.join(root, 'pg.log'),
  };
}

/** Makes the data directory, private to its owner; its parents stay passable for a dropped uid. */
export function makeDataDir({ dataDir }: ClusterPaths): void {
  mkdirSync(path.dirname(dataDir), { recursive: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/** The password of a role, made at the first call and kept in a file only its owner can read. */
export function rolePassword({ dataDir }: ClusterPaths, role: string): string {
  const file = passwordFile(dataDir, role);
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    try {
      // Of two starters at once one makes the password whole, and both read that one.
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * Runs initdb unless the cluster exists; then checks that these binaries can read it. `unsafeFast`
 * skips syncing, for databases that a test throws away.
 */
export function prepareCluster(
  paths: ClusterPaths,
  bin: string,
  as: RunAs,
  unsafeFast: boolean,
): void {
  const versionFile = path.join(paths.clusterDir, 'PG_VERSION');
  if (existsSync(versionFile)) return checkMajor(paths.clusterDir, versionFile, bin);
  // Made aside and renamed: a half-made cluster is never taken for one, and of two starters one wins.
  const draft = `${paths.clusterDir}.${process.pid}`;
  const command = [
    ...as.prefix,
    path.join(bin, 'initdb'),
    `--pgdata=${draft}`,
    `--username=${OWNER_ROLE}`,
    `--pwfile=${passwordFile(paths.dataDir, OWNER_ROLE)}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
  ];
  if (unsafeFast) command.push('--no-sync');
  const done = spawnSync(command[0]!, command.slice(1), {
    encoding: 'utf8',
    env: SERVER_ENVIRONMENT,
    ...as.options,
  });
  try {
    if (done.status !== 0) throw new Error(`initdb failed: ${done.stderr || done.error?.message}`);
    if (!existsSync(versionFile)) renameSync(draft, paths.clusterDir);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function checkMajor(clusterDir: string, versionFile: string, bin: string): void {
  const made = readFileSync(versionFile, 'utf8').trim();
  const banner = execFileSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  const have = /\) (\d+)/.exec(banner)?.[1];
  if (made !== have)
    throw new Error(
      `${clusterDir} was made by PostgreSQL ${made}, and the binaries are ${have}: ` +
        'set PG_BIN_DIR to the old version, or dump there and restore here',
    );
}

function passwordFile(dataDir: string, role: string): string {
  return path.join(dataDir, `${role}.password`);
}
