import { fromBase64, type Crypto } from '#lib/documents';
import { refuse } from '#lib/problem';
import { parseEntry, type Entry } from './entry.js';
import {
  decodeText,
  formatBase64,
  isLonger,
  parseDecimal,
  parseHash,
  type TextSource,
} from './note-text.js';
import { MAX_NOTE_SIZE, parseNote } from './signed-note.js';
import { leafHash } from './tree-hash.js';
import { verifyInclusion } from './tree-proof.js';
import type { TlogPolicy } from './tlog-policy.js';
import {
  verifyCheckpoint,
  type Freshness,
  type WitnessedCheckpoint,
} from './witnessed-checkpoint.js';

/** An offline proof that an entry is in a log (C2SP tlog-proof v1). */
export interface TlogProof {
  index: number;
  /** RFC 6962 §2.1.1, 32 bytes each, the leaf's sibling first; empty in a tree of one leaf. */
  hashes: readonly Uint8Array[];
  /** The checkpoint note verbatim, with its signature lines. */
  checkpoint: string;
  /** Opaque and NOT authenticated: never evidence of anything. */
  extra?: Uint8Array;
}

/** How a tlog-proof is read. */
export interface TlogProofOptions {
  /** Whether a line of unauthenticated extra data is tolerated; it is refused unless asked for. */
  allowExtra?: boolean;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
/** RFC 6962 proofs of trees up to 2^63 leaves have at most 63 hashes. */
const MAX_HASHES = 63;
const MAX_SIZE = 2 * MAX_NOTE_SIZE;

/** Reads a tlog-proof; throws `malformed-proof`, or `malformed-note` if what it holds is no note. */
export function parseTlogProof(source: TextSource, options: TlogProofOptions = {}): TlogProof {
  const text = decodeText(source);
  if (text === undefined) throw malformed('it is not UTF-8, or holds control characters');
  if (isLonger(text, MAX_SIZE)) throw malformed(`it is over ${MAX_SIZE} bytes`);
  const separator = text.indexOf('\n\n');
  if (separator < 0) throw malformed('no empty line comes before the checkpoint');
  const lines = text.slice(0, separator).split('\n');
  const checkpoint = text.slice(separator + 2);
  parseNote(checkpoint);

  if (lines.shift() !== HEADER) throw malformed(`its first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift()!, options) : undefined;
  const index = parseIndex(lines.shift());
  if (lines.length > MAX_HASHES) throw malformed(`it has more than ${MAX_HASHES} hashes`);
  const hashes = lines.map((line) => {
    const hash = parseHash(line);
    if (hash === undefined) throw malformed('a hash is not 32 bytes in base64');
    return hash;
  });
  return { index, hashes, checkpoint, ...(extra === undefined ? {} : { extra }) };
}

/**
 * The proof as text, to be kept in a file `.tlog-proof`. Whoever writes many proofs of one tree may
 * bring a `formatHash` that remembers: they share most of their hashes.
 */
export function formatTlogProof(
  { index, hashes, checkpoint, extra }: TlogProof,
  formatHash: (hash: Uint8Array) => string = formatBase64,
): string {
  const lines = [HEADER];
  if (extra !== undefined) lines.push(`extra ${formatBase64(extra)}`);
  lines.push(`index ${index}`, ...hashes.map((hash) => formatHash(hash)), '');
  return `${lines.join('\n')}\n${checkpoint}`;
}

/**
 * Verifies that a leaf, as exact bytes, is in the log: a checkpoint that the policy accepts, then
 * the inclusion proof up to its root hash. Index and size are taken from what was signed and from
 * the proof, never from elsewhere. Throws `malformed-note`, `checkpoint-invalid`, `quorum-missing`
 * or `inclusion-invalid`.
 */
export async function verifyTlogProof(
  crypto: Crypto,
  proof: TlogProof,
  leaf: Uint8Array,
  policy: TlogPolicy,
  freshness?: Freshness,
): Promise<WitnessedCheckpoint> {
  const opened = await verifyCheckpoint(crypto, proof.checkpoint, policy, freshness);
  const { treeSize, rootHash } = opened.checkpoint;
  verifyInclusion(crypto.sha256, {
    index: proof.index,
    treeSize,
    leafHash: leafHash(crypto.sha256, leaf),
    rootHash,
    proof: proof.hashes,
  });
  return opened;
}

/**
 * As `verifyTlogProof`, for the exact bytes of a ledger entry: what the entry says of its own origin
 * and index must be what the log has signed, so that no proof of one log speaks for another.
 */
export async function verifyEntryProof(
  crypto: Crypto,
  proof: TlogProof,
  entryBytes: Uint8Array,
  policy: TlogPolicy,
  freshness?: Freshness,
): Promise<WitnessedCheckpoint & { entry: Entry }> {
  const entry = parseEntry(entryBytes);
  const opened = await verifyTlogProof(crypto, proof, entryBytes, policy, freshness);
  const { origin } = opened.checkpoint;
  if (entry.origin !== origin || entry.index !== proof.index) {
    throw refuse(
      'inclusion-invalid',
      `The entry calls itself ${entry.index} of "${entry.origin}"; the proof is of ${proof.index} of "${origin}".`,
    );
  }
  return { ...opened, entry };
}

function parseExtra(line: string, { allowExtra = false }: TlogProofOptions): Uint8Array {
  if (!allowExtra) throw malformed('it carries extra data, which nothing authenticates');
  const extra = fromBase64(line.slice('extra '.length));
  if (extra === undefined) throw malformed('its extra data is not base64');
  return extra;
}

function parseIndex(line: string | undefined): number {
  const index = line?.startsWith('index ') ? parseDecimal(line.slice('index '.length)) : undefined;
  if (index === undefined) throw malformed('its index line is missing or no index up to 2^53 - 1');
  return index;
}

const malformed = (why: string) => refuse('malformed-proof', `This is not a tlog-proof: ${why}.`);
