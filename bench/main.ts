// npm run bench: measures this machine's run of the ledger beside the parts it is made of.
import { startDatabaseServer, type DatabaseServer } from './database-server.js';
import { measureRules } from './judge/measure-rules.js';
import { measureVerify } from './judge/measure-verify.js';
import { measureLog } from './log/measure-log.js';
import { describeMachine } from './machine.js';
import { type BenchOptions, readOptions } from './options.js';
import { Report } from './report.js';
import { requireMachine, Unmet } from './requirements.js';

const MEASURES = { log: measureLog, verify: measureVerify, rules: measureRules };

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  const isPlain = error instanceof TypeError || error instanceof Unmet;
  console.error(isPlain ? error.message : error);
  console.error('Nothing is reported: the bench did not come to its end.');
  process.exitCode = 1;
}

async function run(options: BenchOptions): Promise<void> {
  await requireMachine(options);
  const server = options.parts.includes('log') ? await startDatabaseServer() : undefined;
  try {
    await measure(options, server);
  } finally {
    await server?.stop();
  }
}

async function measure(
  { parts, scale, json }: BenchOptions,
  server: DatabaseServer | undefined,
): Promise<void> {
  const started = performance.now();
  const machine = describeMachine();
  const report = new Report((line) => {
    if (!json) console.log(line);
  });
  report.note(
    `${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}`,
  );
  report.note(
    `load average ${machine.load.toFixed(1)}, fdatasync of 4 KiB: p50 ${machine.fdatasync.p50.toFixed(2)} ms`,
  );
  if (server) report.note(`PostgreSQL ${server.version}, fsync on`);
  for (const part of parts) await MEASURES[part](report, scale);
  const seconds = Math.round((performance.now() - started) / 1000);
  const { ratios, figures } = report;
  if (json) console.log(JSON.stringify({ ratios, figures, machine, scale: scale.name, seconds }));
  else console.log(`\nDone in ${seconds} s.`);
}
