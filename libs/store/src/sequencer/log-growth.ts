import { toHex } from '#lib/documents';
import {
  type Tile,
  appendLeafHashes,
  formatCheckpoint,
  formatEntry,
  formatFrontier,
  frontierRoot,
  hashesEqual,
  leafHash,
  openCheckpoint,
} from '#lib/tlog';
import type { Log } from '../ledger.js';
import type { Accepted } from './batch-verdict.js';
import type { TrustedHead } from './log-head.js';

/** What a batch adds to the log. Its checkpoint stays secret until the transaction has committed. */
export interface LogGrowth {
  before: TrustedHead;
  after: TrustedHead;
  /** The exact bytes of each entry, from index `before.size`. */
  entries: Uint8Array[];
  leafHashes: Uint8Array[];
  /** The full tiles that were completed. */
  tiles: Tile[];
}

/** Chains and hashes the accepted statements, and signs the checkpoint of the tree they make. */
export async function growLog(
  log: Log,
  before: TrustedHead,
  accepted: readonly Accepted[],
  recordedAt: string,
): Promise<LogGrowth> {
  const { sha256 } = log.crypto;
  const entries: Uint8Array[] = [];
  const leafHashes: Uint8Array[] = [];
  let previous = before.lastLeafHash;
  for (const { item, index } of accepted) {
    const { digest } = item;
    const entry = { digest, index, origin: log.origin, previous: toHex(previous), recordedAt };
    const bytes = formatEntry(entry);
    previous = leafHash(sha256, bytes);
    entries.push(bytes);
    leafHashes.push(previous);
  }
  const { frontier, completed } = appendLeafHashes(sha256, before.frontier, leafHashes);
  const root = frontierRoot(sha256, frontier);
  const after: TrustedHead = {
    epoch: before.epoch + 1,
    size: frontier.size,
    root,
    edge: formatFrontier(frontier),
    lastLeafHash: previous,
    checkpoint: await signOwnCheckpoint(log, frontier.size, root),
    recordedAt,
    successor: null,
    version: '',
    frontier,
  };
  return { before, after, entries, leafHashes, tiles: completed };
}

/** A checkpoint signed by the log's key and opened again: a signer that errs must not be believed. */
export async function signOwnCheckpoint(
  log: Log,
  treeSize: number,
  rootHash: Uint8Array,
): Promise<string> {
  const note = log.signCheckpoint(formatCheckpoint({ origin: log.origin, treeSize, rootHash }));
  const { checkpoint } = await openCheckpoint(log.crypto, note, log.keys);
  const { origin, treeSize: size, rootHash: root } = checkpoint;
  if (origin !== log.origin || size !== treeSize || !hashesEqual(root, rootHash))
    throw new Error('The signer of the log has signed another checkpoint');
  return note;
}
