import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { pc } from '../colours.js';
import { reportFailure } from '../failure.js';
import { followLog } from '../log/follow-log.js';
import { LogClient } from '../log/log-client.js';
import type { AuditReport } from '../log/log-finding.js';
import { everyKey, logKeysFor, type LogKeyOptions } from '../log/log-keys.js';
import { logSourceAt } from '../log/log-source.js';
import { LogWatch, type LogReport } from '../log/log-watch.js';
import { progressBar } from '../log/progress-bar.js';

/** Which database to audit: DATABASE_URL of the environment, else the one in the data folder. */
export interface AuditOptions {
  dataFolder?: string;
  /** Where the audit keeps how far it is, so that another can go on from there. */
  resume?: string;
}

interface AuditCommandOptions extends LogKeyOptions {
  data: string;
  json?: boolean;
  resume?: string;
  checkpoint?: string;
  follow?: boolean;
  interval: string;
}

const AUDIT = fileURLToPath(new URL('../../../registry/src/audit.js', import.meta.url));
const REBUILD = fileURLToPath(new URL('../../../registry/src/rebuild.js', import.meta.url));

/** What nobody can see from outside, so that `sound` is not taken for more than it says. */
const NOT_PUBLIC =
  'Checked is what is public: entries, chain, tiles, checkpoints; of this log, and of those that it ' +
  'succeeds. Not checked are the statements behind the entries.';
const NOT_FOLLOWED =
  'Checked is what is public of this one log: entries, chain, tiles, checkpoints. Not checked are the ' +
  'statements behind the entries, nor a log that this one succeeds, to which nothing here leads: its ' +
  'registry serves it, and exports it by name (lodestone export --origin).';

/**
 * Runs the registry's own auditor as a process of its own, which alone knows the database. Throws
 * when it could not run at all.
 */
export async function runAudit(options: AuditOptions): Promise<AuditReport> {
  const { dataFolder, resume } = options;
  const args = ['--json', ...(resume === undefined ? [] : ['--resume', resume])];
  const { code, output } = await run(AUDIT, args, dataFolder);
  if (code !== 0 && code !== 1) throw new Error(`the audit could not run (exit ${code})`);
  return JSON.parse(output) as AuditReport;
}

/** `lodestone audit` and `lodestone rebuild`. */
export function addAuditCommands(program: Command): void {
  program
    .command('audit [log]')
    .description(
      'check a whole ledger; exit 1 on findings, 2 when it cannot be read. ' +
        'Without [log], a registry’s database from its statements up; ' +
        'with the URL of a registry, all that is public of its log and of those that it succeeds; ' +
        'or with the folder of an export, of that one',
    )
    .option('--data <folder>', 'the registry’s data folder', dataFolder())
    .option(
      '--vkey <key>',
      'of [log]: the verifier key that must have signed it; again for each that a rotation added',
      everyKey,
    )
    .option('--trust <file>', 'of [log]: a trust file that names its key')
    .option('--checkpoint <file>', 'of [log]: the newest checkpoint found good, kept here')
    .option(
      '--resume <file>',
      'go on from where an earlier audit was, kept here: of a database its checks of signatures ' +
        'count, over the same bytes, and everything else is checked again; of [log], its entries',
    )
    .option('--follow', 'of [log]: stay and check what is added, until something is wrong')
    .option('--interval <seconds>', 'of --follow: between two looks', '5')
    .option('--json', 'print one JSON object')
    .action((place: string | undefined, options: AuditCommandOptions) =>
      audit(place, options).catch((fault: unknown) => {
        reportFailure(fault, options);
        // Not even a refusal may look like the finding of an audit that ran.
        process.exitCode = 2;
      }),
    );
  program
    .command('rebuild')
    .description('make state and projections again from the ledger alone')
    .option('--data <folder>', 'the registry’s data folder', dataFolder())
    .option('--json', 'print one JSON object')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      const { code, output } = await run(REBUILD, json ? ['--json'] : [], data);
      process.stdout.write(output);
      process.exitCode = code;
    });
}

async function audit(place: string | undefined, options: AuditCommandOptions): Promise<void> {
  const { data, json, resume } = options;
  const local = { dataFolder: data, ...(resume === undefined ? {} : { resume }) };
  const { report, unchecked } =
    place === undefined
      ? { report: await runAudit(local), unchecked: undefined }
      : await runLogAudit(place, options);
  console.log(json ? JSON.stringify(report) : describeAudit(report));
  if (unchecked !== undefined && !json) console.error(pc.dim(unchecked));
  process.exitCode = report.findings.length === 0 ? 0 : 1;
}

/** Audits what anybody can read of a log: at a URL, or in a folder; says what that leaves out. */
async function runLogAudit(
  place: string,
  options: AuditCommandOptions,
): Promise<{ report: LogReport; unchecked: string }> {
  const { checkpoint, resume, json, follow, interval } = options;
  const intervalSeconds = Number(interval);
  if (!(intervalSeconds > 0)) throw new Error(`--interval ${interval} is no number of seconds`);
  const client = new LogClient(logSourceAt(place), logKeysFor(place, options));
  const bar = json ? undefined : progressBar('auditing');
  const watch = new LogWatch(client, {
    ...(checkpoint === undefined ? {} : { checkpointFile: checkpoint }),
    ...(resume === undefined ? {} : { resumeFile: resume }),
    onPage: ({ chain }, treeSize) => bar?.show(chain.index, treeSize),
  });
  let told = -1;
  const onReport = (report: LogReport) => {
    bar?.stop();
    if (report.treeSize > told) console.error(describeAudit(report));
    told = report.treeSize;
  };
  const onSilence = ({ message }: Error) => console.error(pc.yellow(message));
  try {
    const report = follow
      ? await followLog(watch, { intervalSeconds, onReport, onSilence })
      : await watch.inspect();
    return { report, unchecked: watch.coversPredecessors ? NOT_PUBLIC : NOT_FOLLOWED };
  } finally {
    bar?.stop();
  }
}

function dataFolder(): string {
  return process.env.LODESTONE_DATA ?? '.lodestone';
}

function describeAudit(report: LogReport): string {
  const { origin, treeSize, predecessors = [], findings, evidence = [] } = report;
  const before = predecessors.map((log) => `, and ${log.treeSize} of ${log.origin} before it`);
  const head = `${origin}: ${treeSize} entries audited${before.join('')}`;
  if (findings.length === 0) return `${pc.green('sound')}  ${head}`;
  const lines = findings.map(
    ({ name, table, index, detail, origin: of }) =>
      `  ${pc.red(name)}  ${of === undefined ? '' : `${of} `}${table}${index === null ? '' : ` #${index}`}: ${detail}`,
  );
  const proof = evidence.length > 0 ? ['', 'Keep both; together they prove it:'] : [];
  return [
    `${pc.red(`${findings.length} findings`)}  ${head}`,
    ...lines,
    ...proof,
    ...evidence.map((note) => `\n${note}`),
  ].join('\n');
}

function run(script: string, args: string[], data: string | undefined) {
  const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(data === undefined ? {} : { LODESTONE_DATA: data }) },
  });
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 2, output }));
  });
}
