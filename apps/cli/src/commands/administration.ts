import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { pc } from '../colours.js';

interface AdministrationOptions {
  data: string;
  json?: boolean;
}

/** What the registry's own programs say that they did. */
interface Rotated {
  statementKey: string;
  logKey: string;
  retireAt: string;
  index: number;
}

interface Succeeded {
  origin: string;
  logKey: string;
  predecessor: { origin: string; treeSize: number };
}

const ROTATE = fileURLToPath(new URL('../../../registry/src/rotate.js', import.meta.url));
const SUCCEED = fileURLToPath(new URL('../../../registry/src/succeed.js', import.meta.url));

/** `lodestone keys rotate` and `lodestone log succeed`: what a registry's operator does once a year. */
export function addAdministrationCommands(program: Command): void {
  const keys = program.command('keys').description('the keys of a registry');
  withData(keys.command('rotate'))
    .description('give a registry new keys for statements and log, announced in its log')
    .option('--overlap <days>', 'for how long the old keys count beside the new ones', '30')
    .action(async ({ data, json, overlap }: AdministrationOptions & { overlap: string }) => {
      const rotated = (await run(ROTATE, ['--overlap', overlap], data)) as Rotated | undefined;
      if (rotated) console.log(json ? JSON.stringify(rotated) : describeRotation(rotated));
    });
  const log = program.command('log').description('the log of a registry');
  withData(log.command('succeed'))
    .description('freeze the log of a registry, and begin the one that succeeds it')
    .requiredOption('--origin <name>', 'of the new log, such as registry.example/log/2027')
    .action(async ({ data, json, origin }: AdministrationOptions & { origin: string }) => {
      const succeeded = (await run(SUCCEED, ['--origin', origin], data)) as Succeeded | undefined;
      if (succeeded) console.log(json ? JSON.stringify(succeeded) : describeSuccession(succeeded));
    });
}

function withData(command: Command): Command {
  return command
    .option(
      '--data <folder>',
      'the registry’s data folder',
      process.env.LODESTONE_DATA ?? '.lodestone',
    )
    .option('--json', 'print one JSON object');
}

function describeRotation({ statementKey, logKey, retireAt, index }: Rotated): string {
  return [
    `${pc.green('rotated')}  announced at index ${index}; the old keys count until ${retireAt}`,
    `  statement key  ${statementKey}`,
    `  log key        ${logKey}`,
    'Back up the keystore now. Give the log key to the witnesses, who list both until then.',
  ].join('\n');
}

function describeSuccession({ origin, logKey, predecessor }: Succeeded): string {
  return [
    `${pc.green('succeeded')}  ${predecessor.origin} is frozen at ${predecessor.treeSize} entries; ${origin} has begun`,
    `  log key        ${logKey}`,
    'Back up the keystore now, start the registry’s processes again, and give the log key to the witnesses.',
  ].join('\n');
}

/** Runs a program of the registry, which alone knows its keys and database. */
async function run(program: string, args: string[], data: string): Promise<unknown> {
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LODESTONE_DATA: data },
  });
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  if (code === 0) return JSON.parse(output) as unknown;
  process.exitCode = code;
  return undefined;
}
