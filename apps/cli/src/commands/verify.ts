import type { Command } from 'commander';
import pc from 'picocolors';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle, parseTrust, type Check, type Report } from '#lib/verification';
import { readBytes } from '../files.js';

/** `lodestone verify FILE`: judges an evidence bundle with no network and no account. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify <bundle>')
    .description(
      'verify an evidence bundle offline against a trust file; exit 1 when it is not accepted',
    )
    .requiredOption('--trust <file>', 'which registries, log keys and witnesses you believe')
    .option('--at <time>', 'judge as at this RFC 3339 time', new Date().toISOString())
    .option('--json', 'print the report as one JSON object')
    .action(async (file: string, options: { trust: string; at: string; json?: boolean }) => {
      const trust = parseTrust(nodeCrypto.sha256, readBytes(options.trust));
      const report = await inspectBundle(nodeCrypto, readBytes(file), trust, { at: options.at });
      console.log(options.json ? JSON.stringify(report) : describeReport(report).join('\n'));
      process.exitCode = report.accepted ? 0 : 1;
    });
}

/** A report for people: the verdict, what it is about, every check with what to do. */
export function describeReport(report: Report): string[] {
  const { accepted, certificate, asOf, checks } = report;
  const lines = [accepted ? pc.green('ACCEPTED') : pc.red('NOT ACCEPTED')];
  if (certificate) {
    const { quantity, form, batch, issuer, id } = certificate;
    const amount = quantity ? `${quantity.value} ${quantity.unit} ` : '';
    lines.push(`  ${amount}${form}  ${batch}`, `  certificate ${id}, issued by ${issuer}`);
  }
  for (const { jurisdiction, origin, treeSize, rootHash } of asOf)
    lines.push(
      pc.dim(
        `  as at ${jurisdiction} ${origin}, ${treeSize} entries, root ${rootHash.slice(0, 16)}…`,
      ),
    );
  return [...lines, ...checks.flatMap(describeCheck)];
}

function describeCheck({ name, result, title, detail, remedy }: Check): string[] {
  const mark = {
    pass: pc.green('pass       '),
    fail: pc.red('FAIL       '),
    'cannot-tell': pc.yellow('cannot tell'),
  };
  const lines = [`  ${mark[result]}  ${title} ${pc.dim(`(${name})`)}`];
  if (result !== 'pass')
    lines.push(`               ${detail}`, `               ${pc.bold('→')} ${remedy}`);
  return lines;
}
