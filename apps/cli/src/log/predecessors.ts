import { fromHex } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import { hashesEqual, parseVerifierKey } from '#lib/tlog';
import { auditLog, type PageListener } from './audit-log.js';
import { LogClient, type SignedCheckpoint } from './log-client.js';
import { findingOf, type AuditFinding } from './log-finding.js';
import { noProgress } from './log-progress.js';
import type { LogSource } from './log-source.js';
import { readLogWord, type Predecessor } from './log-word.js';

/** How the logs before another are audited. */
export interface PredecessorOptions {
  /** Only whether each still shows the head at which it was frozen; its entries were read before. */
  headsOnly?: boolean;
  onPage?: PageListener;
  /** Told of each log before its entries are read. */
  onLog?(client: LogClient, frozen: SignedCheckpoint): Promise<void>;
}

/** What was found in the logs before another. */
export interface PredecessorAudit {
  /** The oldest first, and how many entries each has. */
  logs: { origin: string; treeSize: number }[];
  findings: AuditFinding[];
  /** Whether the walk came to a log that succeeds none. */
  isWhole: boolean;
}

/**
 * Audits the logs before one, from the newest back to the first: each is named, with its key and the
 * head at which it was frozen, by the genesis of the next. What a log does not show is a finding, and
 * ends the walk. Throws only when a log does not answer.
 */
export async function auditPredecessors(
  successor: LogClient,
  named: Predecessor | undefined,
  options: PredecessorOptions,
): Promise<PredecessorAudit> {
  const walked: PredecessorAudit = { logs: [], findings: [], isWhole: false };
  let client = successor;
  for (let before = named; before !== undefined;) {
    const { origin, treeSize } = before;
    try {
      const source = client.source.sibling?.(origin);
      if (!source) return walked;
      const past = await auditOne(logBefore(client, source, before), before, options);
      walked.logs.unshift({ origin, treeSize });
      walked.findings.push(...past.findings.map((finding) => ({ ...finding, origin })));
      if (!past.isTold) return walked;
      [client, before] = [past.client, past.predecessor];
    } catch (fault) {
      walked.findings.push({ ...findingOf(fault, 'checkpoint', treeSize), origin });
      return walked;
    }
  }
  return { ...walked, isWhole: true };
}

async function auditOne(client: LogClient, named: Predecessor, options: PredecessorOptions) {
  const frozen = await frozenHead(client, named);
  const word = await readLogWord(client, frozen);
  const knowing = client.believing(word?.keys ?? []);
  await options.onLog?.(knowing, frozen);
  const { findings } = options.headsOnly
    ? { findings: [] }
    : await auditLog(knowing, noProgress(frozen.origin), frozen, options.onPage);
  const isTold = word !== undefined;
  return { client: knowing, findings, isTold, predecessor: word?.predecessor };
}

/** The head that the successor names, which must be the one that the log still shows. */
async function frozenHead(client: LogClient, named: Predecessor): Promise<SignedCheckpoint> {
  const frozen = await client.open(named.checkpoint);
  const shown = await client.checkpoint();
  const isNamed = (each: SignedCheckpoint) =>
    each.origin === named.origin &&
    each.treeSize === named.treeSize &&
    hashesEqual(each.rootHash, fromHex(named.rootHash));
  if (isNamed(frozen) && isNamed(shown)) return frozen;
  throw refuse(
    'consistency-invalid',
    `${named.origin} was frozen at ${named.treeSize} entries, as its successor says; now it shows ` +
      `${shown.treeSize}, or another root.`,
  );
}

/** Under the key that the successor names, and those that were believed before. */
function logBefore({ keys }: LogClient, source: LogSource, named: Predecessor): LogClient {
  const believed = new LogClient(source, keys);
  return believed.believing([parseVerifierKey(nodeCrypto.sha256, named.logKey)]);
}
