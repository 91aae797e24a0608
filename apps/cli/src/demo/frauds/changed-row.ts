import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { runAudit } from '../../commands/audit.js';
import type { RunningRegistry } from '../registries.js';
import type { Fraud } from '../stage.js';

/**
 * A database administrator, who needs no API and stops at no trigger, raises a mass in a recorded
 * statement. `lodestone audit` finds the row; then the demo puts it back and audits again.
 */
export const changedLedgerRow: Fraud = {
  name: 'changed-ledger-row',
  title: 'A ledger row changed by a database administrator',
  async attempt({ us }) {
    await asAdministrator(us, replaceInStatements('"560"', '"620"'));
    const tampered = await runAudit({ dataFolder: us.dataFolder });
    await asAdministrator(us, replaceInStatements('"620"', '"560"'));
    const restored = await runAudit({ dataFolder: us.dataFolder });
    const [finding] = tampered.findings;
    return {
      refused:
        finding !== undefined && finding.table === 'statement' && restored.findings.length === 0,
      problem: finding?.name ?? 'none',
      detail: finding?.detail ?? 'the audit found nothing',
    };
  },
};

function replaceInStatements(before: string, after: string) {
  return {
    text: `UPDATE statement SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), $1, $2), 'UTF8')
           WHERE type = 'MakeEvent' AND position(convert_to($1, 'UTF8') IN bytes) > 0`,
    values: [before, after],
  };
}

/** Runs one command as the owner of the database, past the triggers that deter everybody else. */
async function asAdministrator(
  registry: RunningRegistry,
  command: { text: string; values: string[] },
) {
  const client = new pg.Client({ connectionString: administratorUrl(registry.dataFolder) });
  await client.connect();
  try {
    await client.query('SET session_replication_role = replica');
    const { rowCount } = await client.query(command);
    if (!rowCount) throw new Error('the administrator found no row to change');
  } finally {
    await client.end();
  }
}

/** What an administrator of the machine finds in the data folder: the port and the owner's password. */
function administratorUrl(dataFolder: string): string {
  const files = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' });
  const find = (name: string) => {
    const file = files.find((each) => path.basename(each) === name);
    if (!file) throw new Error(`no ${name} under ${dataFolder}`);
    return readFileSync(path.join(dataFolder, file), 'utf8');
  };
  const port = find('postmaster.pid').split('\n')[3];
  return `postgres://lodestone:${find('lodestone.password').trim()}@127.0.0.1:${port}/lodestone`;
}
