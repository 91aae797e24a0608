import { type TlogProof, formatTlogProof, leafHash, parseEntry, verifyInclusion } from '#lib/tlog';
import type { Log, Receipt } from '../ledger.js';
import { growthProver } from './growth-proofs.js';
import type { LogGrowth } from './log-growth.js';

/**
 * Receipts for the entries that a batch added. Each is checked from its own bytes up to the signed
 * root before it leaves; the checkpoint's signature was checked when it was made.
 */
export function batchReceipts(log: Log, growth: LogGrowth): (index: number) => Receipt {
  const prove = growthProver(log.crypto.sha256, growth);
  return (index) => {
    const entry = growth.entries[index - growth.before.size]!;
    const { size, root, checkpoint } = growth.after;
    return provenReceipt(log, entry, { index, hashes: prove(index), checkpoint }, size, root);
  };
}

/**
 * A receipt of exact entry bytes, or a fault (Error, or a Problem of the proof) when they are not
 * what they say or the proof does not lead from them to the root of a checkpoint that was verified.
 */
export function provenReceipt(
  { origin, crypto }: Pick<Log, 'origin' | 'crypto'>,
  entry: Uint8Array,
  proof: TlogProof,
  treeSize: number,
  rootHash: Uint8Array,
): Receipt {
  const { index } = proof;
  const read = parseEntry(entry);
  if (read.index !== index || read.origin !== origin)
    throw new Error(`Entry ${index} of ${origin} says that it is ${read.index} of ${read.origin}`);
  verifyInclusion(crypto.sha256, {
    index,
    treeSize,
    leafHash: leafHash(crypto.sha256, entry),
    rootHash,
    proof: proof.hashes,
  });
  return { entry: Buffer.from(entry).toString(), index, proof: formatTlogProof(proof) };
}
