import { auditLedger, type AuditReport } from '#lib/store';
import { examine } from './examine.js';

/**
 * Checks the whole ledger from its bodies up: `node audit.js [--json]`. Exit code 0 when all holds,
 * 1 with findings, 2 when it could not run.
 */
await examine(async (subject, onProgress) => {
  const report = await auditLedger({ ...subject, onProgress });
  console.log(process.argv.includes('--json') ? JSON.stringify(report) : sentences(report));
  return report.findings.length === 0;
});

function sentences({ origin, treeSize, findings }: AuditReport): string {
  const lines = findings.map(({ name, table, index, detail }) => {
    const row = index === null ? table : `${table} ${index}`;
    return `  ${name}  ${row}: ${detail}`;
  });
  const verdict =
    findings.length === 0
      ? `All ${treeSize} entries of ${origin} hold, and everything that is made from them.`
      : `${origin}: ${findings.length} findings in ${treeSize} entries.`;
  return [verdict, ...lines].join('\n');
}
