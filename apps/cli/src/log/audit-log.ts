import { nodeCrypto } from '#lib/keys';
import {
  buildConsistencyProof,
  consistencyTiles,
  frontierRoot,
  hashesEqual,
  partialTiles,
  verifyConsistency,
  type Tile,
} from '#lib/tlog';
import type { LogClient, SignedCheckpoint } from './log-client.js';
import { findingOf, type AuditFinding } from './log-finding.js';
import { readPages } from './log-pages.js';
import type { LogProgress } from './log-progress.js';
import { SignedHistory } from './signed-history.js';

/** Told after each page how far a walk is, how many entries there are, and whether all was well. */
export type PageListener = (
  progress: LogProgress,
  treeSize: number,
  isWhole: boolean,
) => void | Promise<void>;

/** What one walk over a log's entries found, and where it ended. */
export interface LogAudit {
  findings: AuditFinding[];
  progress: LogProgress;
}

/**
 * Checks the public part of a log from `start` up to a checkpoint: every entry and the chain through
 * them, every tile over them, the signed root, and every checkpoint signed on the way. What cannot
 * be read on from is a finding and ends the walk. Throws only when the log does not answer.
 */
export async function auditLog(
  client: LogClient,
  start: LogProgress,
  checkpoint: SignedCheckpoint,
  onPage: PageListener = () => undefined,
): Promise<LogAudit> {
  const { treeSize, rootHash } = checkpoint;
  const findings: AuditFinding[] = [];
  const history = new SignedHistory(client, start.chain.index + 1);
  let progress = start;
  try {
    for await (const page of readPages(client, start, treeSize)) {
      progress = page.progress;
      findings.push(...(await history.inspect(page)));
      findings.push(...(await inspectTiles(client, page.completed)));
      await onPage(progress, treeSize, findings.length === 0);
    }
  } catch (fault) {
    findings.push(findingOf(fault, 'entry', progress.chain.index));
    return { findings, progress };
  }
  findings.push(...(await inspectTiles(client, partialTiles(progress.frontier))));
  if (!hashesEqual(frontierRoot(nodeCrypto.sha256, progress.frontier), rootHash)) {
    const detail = 'The entries do not hash to the root that the log has signed.';
    findings.push({ name: 'altered', table: 'checkpoint', index: treeSize, detail });
  }
  return { findings, progress };
}

/**
 * Whether a log still holds the tree that it signed before: one root for one size, never a smaller
 * tree after a larger, and a consistency proof (RFC 6962 §2.1.2) from one to the other.
 */
export async function inspectGrowth(
  client: LogClient,
  before: SignedCheckpoint,
  now: SignedCheckpoint,
): Promise<AuditFinding | undefined> {
  const index = now.treeSize;
  if (now.origin !== before.origin) {
    const detail = `This is the log of ${now.origin}; the checkpoint kept is of ${before.origin}.`;
    return { name: 'altered', table: 'checkpoint', index, detail };
  }
  if (now.treeSize < before.treeSize) {
    const detail = `The log has ${now.treeSize} entries; it signed for ${before.treeSize} before.`;
    return { name: 'rolled-back', table: 'checkpoint', index, detail };
  }
  try {
    await verifyGrowth(client, before, now);
    return undefined;
  } catch (fault) {
    return findingOf(fault, 'checkpoint', index);
  }
}

async function verifyGrowth(
  client: LogClient,
  before: SignedCheckpoint,
  now: SignedCheckpoint,
): Promise<void> {
  const [oldSize, newSize] = [before.treeSize, now.treeSize];
  // Everything grows from the empty tree; there is nothing to prove, and no proof for it.
  if (oldSize === 0) return;
  const tiles = oldSize < newSize ? await client.tiles(consistencyTiles(oldSize, newSize)) : null;
  verifyConsistency(nodeCrypto.sha256, {
    oldSize,
    newSize,
    oldRoot: before.rootHash,
    newRoot: now.rootHash,
    proof: tiles ? buildConsistencyProof(nodeCrypto.sha256, oldSize, newSize, tiles) : [],
  });
}

/** Served tiles must be those that the entries below them make. */
async function inspectTiles(client: LogClient, tiles: Tile[]): Promise<AuditFinding[]> {
  const inspected = tiles.map(async (tile): Promise<AuditFinding | undefined> => {
    const { level, index } = tile;
    try {
      const served = await client.tile(tile);
      if (Buffer.compare(served, tile.bytes) === 0) return undefined;
      const detail = `Tile ${level}/${index} is not that of the entries below it.`;
      return { name: 'altered', table: 'tile', index, detail };
    } catch (fault) {
      return findingOf(fault, 'tile', index);
    }
  });
  return (await Promise.all(inspected)).filter((finding) => finding !== undefined);
}
