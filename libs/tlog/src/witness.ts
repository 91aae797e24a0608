import { toHex, type Crypto, type Sha256 } from '#lib/documents';
import { Problem } from '#lib/problem';
import { parseAddCheckpoint, type AddCheckpoint } from './add-checkpoint.js';
import { openCheckpoint, parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { encodeText, type TextSource } from './note-text.js';
import { formatNote, parseNote } from './signed-note.js';
import { emptyRootHash, hashesEqual } from './tree-hash.js';
import { verifyConsistency } from './tree-proof.js';
import type { VerifierKey } from './verifier-key.js';

/** The largest tree of a log that this witness has cosigned: what it must never contradict. */
export interface WitnessedTree {
  size: number;
  /** 32 bytes. */
  rootHash: Uint8Array;
}

/** A request whose checkpoint a known log has signed; it may still contradict what we hold. */
export interface SignedAddCheckpoint {
  status: 'signed';
  oldSize: number;
  proof: readonly Uint8Array[];
  checkpoint: Checkpoint;
  /** The checkpoint with those log signatures only that have verified: safe to store and to serve. */
  note: string;
}

/** Why a request is refused before the witness's own state is looked at. */
export interface AddCheckpointRefusal {
  status: 400 | 403 | 404;
  detail: string;
}

/** The witness's answer, in the terms of C2SP tlog-witness. */
export type AddCheckpointDecision =
  /** Store the tree and the note, then cosign the checkpoint and answer with that line alone. */
  | { status: 200; witnessed: WitnessedTree; note: string }
  /** Answer with `size`, which is what we cosigned last. */
  | { status: 409; size: number }
  /** Never cosign. A log that signed this has forked, or its proof is broken: keep the note. */
  | { status: 422; detail: string; evidence: string };

/**
 * The checks that need no state, in the specification's order: form (400), origin (404), signature
 * (403). `logs` are the keys this witness trusts, each named for its origin; a log may have several
 * while it changes keys. Never throws on what a log sends.
 */
export async function openAddCheckpoint(
  crypto: Crypto,
  logs: readonly VerifierKey[],
  body: TextSource,
): Promise<SignedAddCheckpoint | AddCheckpointRefusal> {
  try {
    const request = parseAddCheckpoint(body);
    const { origin } = parseCheckpoint(parseNote(request.note).text);
    const keys = logs.filter(({ name }) => name === origin);
    if (keys.length === 0) return { status: 404, detail: `"${origin}" is not witnessed here.` };
    return await openSigned(crypto, keys, request);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: 400, detail: error.details.detail };
  }
}

/**
 * The checks against the state, in the specification's order: conflict (409), then contradiction
 * (422). `held` is what is stored for the origin, undefined if nothing is. The caller reads `held`
 * and stores the outcome in one transaction; otherwise two requests could roll the log back.
 */
export function decideAddCheckpoint(
  sha256: Sha256,
  held: WitnessedTree | undefined,
  request: SignedAddCheckpoint,
): AddCheckpointDecision {
  const { checkpoint, oldSize, note } = request;
  const heldSize = held?.size ?? 0;
  if (oldSize !== heldSize) return { status: 409, size: heldSize };
  const detail = findContradiction(sha256, held, request);
  if (detail !== undefined) return { status: 422, detail, evidence: note };
  const witnessed = { size: checkpoint.treeSize, rootHash: checkpoint.rootHash };
  return { status: 200, witnessed, note };
}

/** The path segment under which a witness serves a log: lowercase hex SHA-256 of its origin. */
export function originHash(sha256: Sha256, origin: string): string {
  return toHex(sha256(encodeText(origin)));
}

async function openSigned(
  crypto: Crypto,
  keys: readonly VerifierKey[],
  { oldSize, proof, note }: AddCheckpoint,
): Promise<SignedAddCheckpoint | AddCheckpointRefusal> {
  try {
    const { text, checkpoint, signatures } = await openCheckpoint(crypto, note, keys);
    const verified = formatNote({ text, signatures: signatures.map(({ line }) => line) });
    return { status: 'signed', oldSize, proof, checkpoint, note: verified };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: 403, detail: error.details.detail };
  }
}

function findContradiction(
  sha256: Sha256,
  held: WitnessedTree | undefined,
  { checkpoint, oldSize, proof }: SignedAddCheckpoint,
): string | undefined {
  const { treeSize, rootHash } = checkpoint;
  if (treeSize === 0 && !hashesEqual(rootHash, emptyRootHash(sha256))) {
    return 'The empty tree has another root hash.';
  }
  if (held === undefined || oldSize === 0) {
    return proof.length > 0 ? 'From size 0 the proof must be empty.' : undefined;
  }
  try {
    const claim = { oldSize, newSize: treeSize, oldRoot: held.rootHash, newRoot: rootHash, proof };
    verifyConsistency(sha256, claim);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.details.detail;
  }
}
