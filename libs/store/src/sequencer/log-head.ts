import pg from 'pg';
import { refuse } from '#lib/problem';
import {
  type Frontier,
  frontierRoot,
  hashesEqual,
  openCheckpoint,
  parseFrontier,
  verifyInclusion,
} from '#lib/tlog';
import type { Log } from '../ledger.js';
import { recordedAtOf } from '../reader/entry-row.js';
import { readInclusionProof } from '../reader/tile-query.js';
import { failureKind } from '../database-failure.js';

/** Where a log stands, as its row in `log_head` says. */
export interface LogHead {
  epoch: number;
  size: number;
  root: Uint8Array;
  edge: Uint8Array;
  lastLeafHash: Uint8Array;
  checkpoint: string;
  /** RFC 3339 UTC with milliseconds. */
  recordedAt: string;
  /** The log that succeeds this one, which is frozen then; null while it grows. */
  successor: string | null;
  /** Of the row: another one whenever somebody has written it; empty while it is not written yet. */
  version: string;
}

/** A head that is proved to be ours, with the frontier that its edge holds. */
export interface TrustedHead extends LogHead {
  frontier: Frontier;
}

interface HeadRow {
  epoch: string;
  size: string;
  root: Buffer;
  edge: Buffer;
  last_leaf_hash: Buffer;
  checkpoint: string;
  recorded_at: Date | number;
  successor: string | null;
  version: string;
}

/** The statement that reads a head; `FOR UPDATE` behind it takes the log's one lock. */
export function selectHead(origin: string): string {
  return `SELECT epoch, size, root, edge, last_leaf_hash, checkpoint, recorded_at, successor,
      xmin::text AS version
    FROM log_head WHERE origin = ${pg.escapeLiteral(origin)}`;
}

/** The head in a row of `selectHead`; none is a fault: the log was never opened. */
export function headOf(row: unknown): LogHead {
  if (!row) throw new Error('The log has no head: open it first');
  const { epoch, size, root, edge, last_leaf_hash, checkpoint, recorded_at, successor, version } =
    row as HeadRow;
  return {
    epoch: Number(epoch),
    size: Number(size),
    root,
    edge,
    lastLeafHash: last_leaf_hash,
    checkpoint,
    recordedAt: recordedAtOf({ recorded_at }),
    successor,
    version,
  };
}

/**
 * Proves that a head from the database is one that this log's key signed, and that everything that
 * the next entry builds upon belongs to it. The database is not trusted: a head that does not hold,
 * or that lies behind one that this process has seen, is refused as `log-read-only`.
 */
export async function trustHead(
  log: Log,
  client: pg.ClientBase,
  head: LogHead,
  known: TrustedHead | undefined,
): Promise<TrustedHead> {
  if (known && isSameHead(known, head)) return { ...head, frontier: known.frontier };
  if (known && known.size > head.size)
    throw distrust(`it holds ${head.size} entries, and ${known.size} were signed`);
  if (known && known.size === head.size && !hashesEqual(known.root, head.root))
    throw distrust('it has another root for the same size');
  const frontier = await proveHead(log, client, head).catch((error: unknown) => {
    if (failureKind(error) !== 'fault') throw error;
    throw distrust(error instanceof Error ? error.message : String(error));
  });
  return { ...head, frontier };
}

async function proveHead(log: Log, client: pg.ClientBase, head: LogHead): Promise<Frontier> {
  const { checkpoint } = await openCheckpoint(log.crypto, head.checkpoint, log.keys);
  const { sha256 } = log.crypto;
  if (checkpoint.origin !== log.origin) throw new Error('its checkpoint is of another log');
  if (checkpoint.treeSize !== head.size) throw new Error('its checkpoint has another size');
  if (!hashesEqual(checkpoint.rootHash, head.root)) throw new Error('its root was not signed');
  const frontier = parseFrontier(sha256, head.size, head.edge);
  if (!hashesEqual(frontierRoot(sha256, frontier), head.root))
    throw new Error('its edge leads to another root');
  if (head.size === 0) return frontier;
  const index = head.size - 1;
  verifyInclusion(sha256, {
    index,
    treeSize: head.size,
    leafHash: head.lastLeafHash,
    rootHash: head.root,
    proof: await readInclusionProof(log, client, index, head.size),
  });
  return frontier;
}

function isSameHead(a: LogHead, b: LogHead): boolean {
  return (
    a.size === b.size &&
    a.checkpoint === b.checkpoint &&
    hashesEqual(a.root, b.root) &&
    hashesEqual(a.lastLeafHash, b.lastLeafHash) &&
    Buffer.compare(a.edge, b.edge) === 0
  );
}

const distrust = (why: string) =>
  refuse('log-read-only', `The log's head in the database does not hold: ${why}.`);
