import { parseArgs } from 'node:util';
import { auditLedger, type AuditReport } from '#lib/store';
import { examine, type Subject } from './examine.js';
import { AuditMemory } from './ledger/audit-memory.js';
import { replayWith } from './ledger/reopen-statement.js';
import { witnessVerifiers } from './witness/witness-verifiers.js';

/**
 * Checks the whole ledger from its bodies up: `node audit.js [--json] [--resume FILE]`. Exit code 0
 * when all holds, 1 with findings, 2 when it could not run.
 */
await examine(async (subject, onProgress) => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, resume: { type: 'string' } },
  });
  const memory = AuditMemory.at(values.resume);
  let report = await audit(subject, memory, onProgress);
  if (memory.isStale) report = await audit(subject, memory.anew(), onProgress);
  console.log(values.json ? JSON.stringify(report) : sentences(report));
  return report.findings.length === 0;
});

function audit(
  { pool, log, verifier, configuration, cosigner }: Subject,
  memory: AuditMemory,
  onProgress: (done: number, total: number) => void,
): Promise<AuditReport> {
  const replay = replayWith(
    memory.reader((body, documents) => verifier.readSubmission(body, documents)),
  );
  const witnessing = witnessVerifiers(configuration.policyFile, cosigner);
  return auditLedger({
    pool,
    log,
    replay,
    ...(witnessing ? { witnessing } : {}),
    onProgress: (done, total) => {
      memory.save();
      onProgress(done, total);
    },
  });
}

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
