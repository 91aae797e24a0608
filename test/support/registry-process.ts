import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const MAIN = path.resolve(__dirname, '../../dist/apps/registry/src/main.js');

/** A registry as `npm start` runs it, with its own embedded database. */
export interface RegistryProcess {
  url: string;
  /** What it printed when it was ready. */
  welcome: string;
  /** Stops it as Ctrl-C does; resolves with its exit status. */
  interrupt(): Promise<number | null>;
}

/**
 * Starts the built registry in a folder, on a free port, and waits until it serves. Rejects with
 * what it said on standard error when it ended instead.
 */
export function startRegistryProcess(
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<RegistryProcess> {
  const { DATABASE_URL: _, DATABASE_ADMIN_URL: __, ...surroundings } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { ...surroundings, PORT: '0', LODESTONE_DATA: '.lodestone', ...env },
  });
  return new Promise((resolve, reject) => {
    let welcome = '';
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      welcome += text;
      const url = /serves at (http:\S+)/.exec(welcome)?.[1];
      if (url && welcome.endsWith('\n'))
        resolve({ url, welcome, interrupt: () => interrupt(child) });
    });
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${complaint}`)));
  });
}

function interrupt(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGINT');
  });
}
