import { Problem } from '#lib/problem';
import type { Log, LogReader } from '#lib/store';
import { hashesEqual, openCheckpoint } from '#lib/tlog';

/**
 * What a checkpoint of our own log in somebody else's hands says of our database: `agrees` with it;
 * proves it `rolled-back` or `forked`; or is `not-ours`, because our key has not signed it.
 */
export interface HeldFinding {
  verdict: 'agrees' | 'rolled-back' | 'forked' | 'not-ours';
  detail: string;
}

/**
 * Judges a checkpoint that a witness holds for our log. Only our own signature counts: a witness
 * that merely says that we were further proves nothing, and cannot stop us. Never throws on what it
 * sends; throws `database-unavailable` or `internal` when our own log cannot be read.
 */
export async function judgeHeld(
  log: Log,
  reader: LogReader,
  held: Uint8Array,
): Promise<HeldFinding> {
  const checkpoint = await openOurs(log, held);
  if (typeof checkpoint === 'string') return { verdict: 'not-ours', detail: checkpoint };
  const { treeSize, rootHash } = checkpoint;
  // Read after the witness was asked: what it holds was committed here before it was offered.
  const ourSize = await reader.treeSize();
  if (treeSize > ourSize)
    return {
      verdict: 'rolled-back',
      detail:
        `it holds ${treeSize} entries of ${log.origin} under our signature, and this database has ${ourSize}. ` +
        'The database was restored from an older copy, or has lost entries',
    };
  if (!hashesEqual(rootHash, await reader.rootHash(treeSize)))
    return {
      verdict: 'forked',
      detail:
        `it holds another tree of ${treeSize} entries of ${log.origin} under our signature than this database. ` +
        'The database was changed, or another one signs with our log key',
    };
  return { verdict: 'agrees', detail: `it holds ${treeSize} entries, as we do` };
}

async function openOurs(log: Log, held: Uint8Array) {
  try {
    const { checkpoint } = await openCheckpoint(log.crypto, held, log.keys);
    if (checkpoint.origin !== log.origin) return `it showed a checkpoint of ${checkpoint.origin}`;
    return checkpoint;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `what it showed is not signed by our log key: ${error.details.detail}`;
  }
}
