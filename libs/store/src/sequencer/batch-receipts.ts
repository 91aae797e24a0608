import { type TlogProof, formatTlogProof, leafHash, parseEntry, verifyInclusion } from '#lib/tlog';
import type { Log, Receipt } from '../ledger.js';
import { growthProver } from './growth-proofs.js';
import type { LogGrowth } from './log-growth.js';
import { rememberNodes } from './node-memory.js';

/**
 * Receipts for the entries that a batch added, in their order: made before it is committed, and not
 * to be shown until then. Each is checked from its own bytes up to the signed root; the checkpoint's
 * signature was checked when it was made. Faults when one does not hold: a hash came out wrong, and
 * what was built on it must not be committed.
 */
export async function batchReceipts(log: Log, growth: LogGrowth): Promise<Receipt[]> {
  const { origin, crypto } = log;
  const prove = growthProver(crypto.sha256, growth);
  // Not what the prover has hashed: what it errs in must be found.
  const verifier = { origin, crypto: { ...crypto, sha256: rememberNodes(crypto.sha256) } };
  const texts = new Map<Uint8Array, string>();
  const formatHash = (hash: Uint8Array) => {
    const text = texts.get(hash) ?? formatBase64(hash);
    texts.set(hash, text);
    return text;
  };
  const { size, root, checkpoint } = growth.after;
  return growth.entries.map((entry, i) => {
    const index = growth.before.size + i;
    const proof = { index, hashes: prove(index), checkpoint };
    try {
      return provenReceipt(verifier, entry, proof, size, root, formatHash);
    } catch (cause) {
      throw new Error(`Entry ${index} is not proved by the tree that was made of it`, { cause });
    }
  });
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
  formatHash?: (hash: Uint8Array) => string,
): Receipt {
  const { index } = proof;
  const { previous: _, ...read } = parseEntry(entry);
  if (read.index !== index || read.origin !== origin)
    throw new Error(`Entry ${index} of ${origin} says that it is ${read.index} of ${read.origin}`);
  verifyInclusion(crypto.sha256, {
    index,
    treeSize,
    leafHash: leafHash(crypto.sha256, entry),
    rootHash,
    proof: proof.hashes,
  });
  return { ...read, entry: bufferOf(entry).toString(), proof: formatTlogProof(proof, formatHash) };
}

function formatBase64(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64');
}

/** The same octets, not a copy. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
