import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** How PostgreSQL is started: a command to put in front, and a uid to drop to. */
export interface RunAs {
  how: string;
  prefix: readonly string[];
  options: { uid?: number; gid?: number; cwd?: string };
}

interface Owner {
  uid: number;
  gid: number;
  name: string;
}

const NOBODY = 65534;

/**
 * PostgreSQL refuses to run as root. A root process gives it a user namespace in which root looks
 * like an ordinary user, so files stay root's and private parent folders do no harm; where
 * namespaces are forbidden (`PG_ROOT=setuid` pretends so), it drops to postgres or nobody.
 */
export function chooseUser(bin: string, dataDir: string, clusterDir: string): RunAs {
  if (process.getuid?.() !== 0) return { how: 'own user', prefix: [], options: {} };
  const made = existsSync(clusterDir) ? statSync(clusterDir) : undefined;
  // A cluster keeps the owner it was made with: PostgreSQL refuses one owned by another.
  const owner = made?.uid ? { uid: made.uid, gid: made.gid, name: `uid ${made.uid}` } : account();
  const postgres = path.join(bin, 'postgres');
  if (!made?.uid && process.env.PG_ROOT !== 'setuid') {
    const prefix = namespaceCommand(owner);
    if (succeeds([...prefix, postgres, '--version']))
      return { how: 'user namespace', prefix, options: {} };
  }
  return dropTo(owner, postgres, dataDir);
}

function dropTo(owner: Owner, postgres: string, dataDir: string): RunAs {
  const options = { uid: owner.uid, gid: owner.gid, cwd: '/' };
  if (!succeeds([postgres, '--version'], options))
    throw new Error(
      `PostgreSQL refuses to run as root, and ${owner.name} cannot read ${postgres}: ` +
        'move the checkout out of a private folder, run as an ordinary user, or set DATABASE_URL',
    );
  execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, dataDir]);
  if (!succeeds(['test', '-w', dataDir], options))
    throw new Error(
      `${owner.name} cannot write ${dataDir}: one of its parent folders is private; ` +
        'set DATA_DIR or DATABASE_URL',
    );
  return { how: `setuid ${owner.name}`, prefix: [], options };
}

/** An account with a passwd entry: initdb looks its own uid up and gives up without one. */
function account(): Owner {
  const name = lookUp('postgres', '-u') === undefined ? 'nobody' : 'postgres';
  return { uid: lookUp(name, '-u') ?? NOBODY, gid: lookUp(name, '-g') ?? NOBODY, name };
}

function lookUp(name: string, flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

function namespaceCommand({ uid, gid }: Owner): string[] {
  return ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
}

/** Whether a command runs and exits with 0. */
export function succeeds(command: readonly string[], options: object = {}): boolean {
  const [file, ...args] = command;
  return spawnSync(file!, args, { stdio: 'ignore', ...options }).status === 0;
}
