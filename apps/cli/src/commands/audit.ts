import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import pc from 'picocolors';

/** One thing that an audit found wrong, and where. */
export interface AuditFinding {
  name: string;
  table: string;
  index?: number;
  detail: string;
}

/** What an audit of one registry's database says. */
export interface AuditReport {
  origin: string;
  treeSize: number;
  findings: AuditFinding[];
}

/** Which database to audit: DATABASE_URL of the environment, else the one in the data folder. */
export interface AuditOptions {
  dataFolder?: string;
  /** Shows the auditor's progress on standard error. */
  progress?: boolean;
}

const AUDIT = fileURLToPath(new URL('../../../registry/src/audit.js', import.meta.url));
const REBUILD = fileURLToPath(new URL('../../../registry/src/rebuild.js', import.meta.url));

/**
 * Runs the registry's own auditor as a process of its own, which alone knows the database. Throws
 * when it could not run at all.
 */
export async function runAudit({
  dataFolder,
  progress = false,
}: AuditOptions): Promise<AuditReport> {
  const { code, output } = await run(AUDIT, ['--json'], dataFolder, progress);
  if (code !== 0 && code !== 1) throw new Error(`the audit could not run (exit ${code})`);
  return JSON.parse(output) as AuditReport;
}

/** `lodestone audit` and `lodestone rebuild`: for the operator of a registry, beside its database. */
export function addAuditCommands(program: Command): void {
  program
    .command('audit')
    .description('check a registry’s whole ledger from its statements up; exit 1 on findings')
    .option(
      '--data <folder>',
      'the registry’s data folder',
      process.env.LODESTONE_DATA ?? '.lodestone',
    )
    .option('--json', 'print one JSON object')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      const report = await runAudit({ dataFolder: data, progress: !json });
      console.log(json ? JSON.stringify(report) : describeAudit(report));
      process.exitCode = report.findings.length === 0 ? 0 : 1;
    });
  program
    .command('rebuild')
    .description('make state and projections again from the ledger alone')
    .option(
      '--data <folder>',
      'the registry’s data folder',
      process.env.LODESTONE_DATA ?? '.lodestone',
    )
    .action(async ({ data }: { data: string }) => {
      const { code, output } = await run(REBUILD, [], data, true);
      process.stdout.write(output);
      process.exitCode = code;
    });
}

function describeAudit({ origin, treeSize, findings }: AuditReport): string {
  const head = `${origin}: ${treeSize} entries audited from their statements up`;
  if (findings.length === 0) return `${pc.green('sound')}  ${head}`;
  const lines = findings.map(
    ({ name, table, index, detail }) =>
      `  ${pc.red(name)}  ${table}${index === undefined ? '' : ` #${index}`}: ${detail}`,
  );
  return [`${pc.red(`${findings.length} findings`)}  ${head}`, ...lines].join('\n');
}

function run(script: string, args: string[], dataFolder: string | undefined, progress: boolean) {
  const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
    stdio: ['ignore', 'pipe', progress ? 'inherit' : 'ignore'],
    env: { ...process.env, ...(dataFolder === undefined ? {} : { LODESTONE_DATA: dataFolder }) },
  });
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 2, output }));
  });
}
