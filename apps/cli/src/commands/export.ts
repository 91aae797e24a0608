import type { Command } from 'commander';
import { pc } from '../colours.js';
import { nodeCrypto } from '#lib/keys';
import { parseVerifierKey } from '#lib/tlog';
import { openDatabaseLog } from '../log/database-log.js';
import { exportLog, type ExportReport } from '../log/export-log.js';
import { LogClient } from '../log/log-client.js';
import { everyKey, logKeysFor, type LogKeyOptions } from '../log/log-keys.js';
import { logSourceAt } from '../log/log-source.js';
import { progressBar } from '../log/progress-bar.js';

interface ExportCommandOptions extends LogKeyOptions {
  data: string;
  origin?: string;
  from?: string;
  all?: boolean;
  json?: boolean;
}

/** `lodestone export FOLDER`: the public log as files that any web server can mirror. */
export function addExportCommand(program: Command): void {
  program
    .command('export <folder>')
    .description(
      'write the whole public log as static files (C2SP tlog-tiles), or what is new since the last export',
    )
    .option(
      '--data <folder>',
      'the registry’s data folder',
      process.env.LODESTONE_DATA ?? '.lodestone',
    )
    .option('--from <url>', 'read a registry, or another export, in place of a database')
    .option(
      '--vkey <key>',
      'of --from: the verifier key that must have signed it; again for each that a rotation added',
      everyKey,
    )
    .option('--origin <name>', 'of a database: a log that was succeeded, in place of the newest')
    .option('--trust <file>', 'of --from: a trust file that names its key')
    .option('--all', 'compare what earlier exports wrote as well')
    .option('--json', 'print one JSON object')
    .action(async (folder: string, options: ExportCommandOptions) => {
      const report = await runExport(folder, options);
      console.log(options.json ? JSON.stringify(report) : describeExport(folder, report));
    });
}

async function runExport(folder: string, options: ExportCommandOptions): Promise<ExportReport> {
  const { data, origin, from, all = false, json } = options;
  if (from !== undefined)
    return withBar(json, new LogClient(logSourceAt(from), logKeysFor(from, options)));
  const database = await openDatabaseLog(data, origin);
  try {
    const keys = database.vkeys.map((key) => parseVerifierKey(nodeCrypto.sha256, key));
    return await withBar(json, new LogClient(database.source, keys));
  } finally {
    database.close();
  }

  async function withBar(isSilent: boolean | undefined, client: LogClient): Promise<ExportReport> {
    const bar = isSilent ? undefined : progressBar('exporting');
    try {
      const onPage = (progress: { chain: { index: number } }, size: number) =>
        bar?.show(progress.chain.index, size);
      return await exportLog(client, folder, { all, onPage });
    } finally {
      bar?.stop();
    }
  }
}

function describeExport(folder: string, report: ExportReport): string {
  const { origin, treeSize, written, unchanged } = report;
  return (
    `${pc.green('exported')}  ${origin}: ${treeSize} entries to ${folder}; ` +
    `${written} files written, ${unchanged} were there already`
  );
}
