import { nodeCrypto } from '#lib/keys';
import { auditLedger } from '#lib/store';
import { appendLeafHashes, EMPTY_FRONTIER, formatEntry } from '#lib/tlog';
import { readVerifiedBefore, replayWith } from '../../apps/registry/src/ledger/reopen-statement.js';
import { EntryAudit } from '../../libs/store/src/audit/entry-audit.js';
import {
  type LedgerRow,
  PAGE_SIZE,
  readLedgerPage,
} from '../../libs/store/src/audit/ledger-page.js';
import { entryOf, NO_LEAF_HASH } from '../../libs/store/src/reader/entry-row.js';
import { median, perSecond, timed } from '../figures.js';
import type { Report } from '../report.js';
import type { LedgerUnderTest } from './ledger-under-test.js';

const ROUNDS = 5;

/** (h) An audit of the whole ledger, and of its hashes alone beside bare SHA-256. */
export async function measureAudit(report: Report, ledger: LedgerUnderTest): Promise<void> {
  const { pool, log } = ledger;
  const replay = replayWith(readVerifiedBefore);
  const { ms, value } = await timed(() => auditLedger({ pool, log, replay }));
  if (value.findings.length > 0) throw new Error(`The audit found ${JSON.stringify(value)}`);
  const whole = perSecond(value.treeSize, ms);
  report.rate('audit', '(h) audit: all but the signatures again', whole, 'entries/s');

  const rows = await readRows(ledger, value.treeSize);
  const audited: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    audited.push((await timed(() => auditHashes(ledger, rows))).ms);
    const bytes = hashedBytes(log.origin, rows);
    bare.push((await timed(() => bytes.forEach((each) => nodeCrypto.sha256(each)))).ms);
  }
  const hashes = perSecond(rows.length, median(audited));
  const sha256 = perSecond(rows.length, median(bare));
  report.rate('auditHashes', '    its hashing, chain and tree', hashes, 'entries/s');
  report.rate('sha256', '    bare SHA-256 over the same bytes', sha256, 'entries/s');
  report.ratio('auditToSha256', 'hashing, chain, tree ÷ SHA-256', hashes / sha256, '0.5');
}

async function readRows({ pool, log }: LedgerUnderTest, size: number): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  const client = await pool.connect();
  for (let first = 0; first < size; first += PAGE_SIZE)
    rows.push(
      ...(await readLedgerPage(client, log.origin, first, Math.min(first + PAGE_SIZE, size))),
    );
  client.release();
  return rows;
}

/** The audit's own road from the bodies to the root, without reading what the bodies say. */
function auditHashes({ log }: LedgerUnderTest, rows: readonly LedgerRow[]): void {
  const audit = new EntryAudit(log, replayWith(readVerifiedBefore), (finding) => {
    throw new Error(finding.detail);
  });
  let frontier = EMPTY_FRONTIER;
  for (let i = 0; i < rows.length; i += PAGE_SIZE) {
    const leafHashes = rows.slice(i, i + PAGE_SIZE).map((row) => audit.hash(row).leafHash);
    frontier = appendLeafHashes(log.crypto.sha256, frontier, leafHashes).frontier;
  }
}

/** All that is hashed on that road: every body, every leaf, and a node for each leaf. */
function hashedBytes(origin: string, rows: readonly LedgerRow[]): Uint8Array[] {
  let previous: Uint8Array = NO_LEAF_HASH;
  return rows.flatMap(({ entry, statement }) => {
    const leaf = Buffer.concat([Buffer.of(0), formatEntry(entryOf(origin, entry!, previous))]);
    previous = entry!.leaf_hash;
    return [statement!.bytes, leaf, Buffer.concat([Buffer.of(1), previous, previous])];
  });
}
