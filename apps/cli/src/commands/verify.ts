import type { Command } from 'commander';
import { pc } from '../colours.js';
import type { Quantity, Trust } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { Problem } from '#lib/problem';
import { inspectBundle, parseTrust, type Check, type Report } from '#lib/verification';
import { readBytes } from '../files.js';
import { readTime } from '../judging-time.js';

/** `lodestone verify FILE`: judges an evidence bundle with no network and no account. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify <bundle>')
    .description(
      'verify an evidence bundle offline against a trust file; exit 1 when it is not accepted, ' +
        '2 when it could not be judged',
    )
    .requiredOption('--trust <file>', 'which registries, log keys and witnesses you believe')
    .option('--at <time>', 'judge as at this RFC 3339 time; now by default')
    .option('--json', 'print the report as one JSON object')
    .action(async (file: string, options: { trust: string; at?: string; json?: boolean }) => {
      const at = options.at === undefined ? new Date().toISOString() : readTime('--at', options.at);
      const trust = readTrust(options.trust);
      const report = await inspectBundle(nodeCrypto, readBytes(file), trust, { at });
      console.log(options.json ? JSON.stringify(report) : describeReport(report).join('\n'));
      process.exitCode = report.accepted ? 0 : 1;
    });
}

/** Our own trust file at fault must not look like a bundle that was judged and refused. */
function readTrust(file: string): Trust {
  try {
    return parseTrust(nodeCrypto.sha256, readBytes(file));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { detail, pointer = '' } = error.details;
    throw new Error(`${file} is no trust file: ${detail} ${pointer}`.trimEnd());
  }
}

/** A report for people: the verdict, what it is about, every check with what to do. */
export function describeReport(report: Report): string[] {
  const { accepted, certificate, asOf, checks } = report;
  const lines = [accepted ? pc.green('ACCEPTED') : pc.red('NOT ACCEPTED')];
  if (certificate) {
    const { quantity, form, batch, issuer, id } = certificate;
    const amount = quantity ? `${describeQuantity(quantity)} ` : '';
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

/** Codes of UN/ECE Recommendation 20 as people write them. */
const SYMBOLS = { MGM: 'mg', GRM: 'g', KGM: 'kg', TNE: 't' };

function describeQuantity({ value, unit }: Quantity): string {
  return `${value} ${SYMBOLS[unit]}`;
}

/** One failure often leaves many checks untold: their common reason is said once, after the last. */
function describeCheck(check: Check, i: number, checks: readonly Check[]): string[] {
  const { name, result, title, detail, remedy } = check;
  const mark = {
    pass: pc.green('pass       '),
    fail: pc.red('FAIL       '),
    'cannot-tell': pc.yellow('cannot tell'),
  };
  const line = `  ${mark[result]}  ${title} ${pc.dim(`(${name})`)}`;
  const next = checks[i + 1];
  if (result === 'pass' || (next?.result === result && next.detail === detail)) return [line];
  return [line, `               ${detail}`, `               ${pc.bold('→')} ${remedy}`];
}
