import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
const CLI = path.join(REPOSITORY, 'dist/apps/cli/src/main.js');

/** What a program did: its exit status and what it printed. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the built command line in a folder, with no terminal and none of Jest's database. */
export function lodestone(
  cwd: string,
  args: string[],
  { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return run(process.execPath, [CLI, ...args], { cwd, input, env });
}

/** Runs lines in a POSIX shell as a reader of the guides would, in a folder with `bin` on the PATH. */
export function shell(cwd: string, script: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const PATH = `${path.join(cwd, 'bin')}:${process.env['PATH']}`;
  // A shell whose input is a socket, as Node's pipes are, takes itself for a remote one, and reads files.
  const args = ['--norc', '-euo', 'pipefail', '-c', script];
  return run('bash', args, { cwd, input: '', env: { PATH, ...env } });
}

/**
 * Puts `npx` and `npm` into a folder's bin: the same programs as in the repository, but for a folder
 * that is not the repository. What installs, serves or runs the tests themselves is only looked up.
 */
export function standIn(cwd: string): void {
  const bin = path.join(cwd, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  write('npx', `[ "$1" = lodestone ] || exit 64\nshift\nexec "${process.execPath}" "${CLI}" "$@"`);
  write(
    'npm',
    [
      'case "$1 $2" in',
      '  "ci "|"start "|"test ") script=$1;;',
      '  "run "*) script=$2; shift;;',
      '  *) exit 64;;',
      'esac',
      'shift; [ "${1:-}" != "--" ] || shift',
      `[ "$script" != demo ] || exec "${process.execPath}" "${CLI}" demo "$@"`,
      `[ "$script" = ci ] || grep -q "\\"$script\\":" "${REPOSITORY}/package.json"`,
    ].join('\n'),
  );

  function write(name: string, body: string): void {
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
}

function run(
  program: string,
  args: string[],
  { cwd, input, env }: { cwd: string; input: string; env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const { DATABASE_URL: _, DATABASE_ADMIN_URL: __, ...surroundings } = process.env;
  const child = spawn(program, args, { cwd, env: { ...surroundings, ...env } });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.end(input);
  });
}
