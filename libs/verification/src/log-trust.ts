import type { BundleRegistry, Crypto, Trust } from '#lib/documents';
import {
  openCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  SIGNATURE_TYPES,
  verifyInclusion,
  type TlogProof,
  type VerifierKey,
} from '#lib/tlog';
import { exhibitsOf, type Exhibit, type OpenedBundle } from './exhibit.js';
import { settle, settled } from './verified.js';

/** A log that the verifier believes, by its own word or by what a log that it believes says. */
export interface TrustedLog {
  registry: string;
  jurisdiction: string;
  /** The log's keys, as far as they are vouched for. */
  keys: VerifierKey[];
}

/**
 * The logs of a bundle that a trust file stands for. It names one key of one log, perhaps an old one;
 * the log itself names the others:
 *
 * - What an entry says of the log's keys (genesis, KeyRotation) counts once the entry is proved under
 *   a checkpoint that a key believed already has signed. A rotation is proved under a checkpoint of
 *   the key before, so that one trusted key leads to all later ones, and a new one to the old.
 * - The genesis of a successor log names the frozen head of the log before, so that trust in either
 *   leads to the other. Forward it rests on the registry's own signature, by a key that the log
 *   before names: the replay of both, as one history, refuses any other.
 *
 * Nothing is believed for good here: every check of the report still has to pass.
 */
export async function trustedLogs(
  crypto: Crypto,
  { bundle, exhibits }: OpenedBundle,
  trust: Trust,
): Promise<ReadonlyMap<string, TrustedLog>> {
  const logs = new Map<string, TrustedLog>();
  for (const { registry, jurisdiction, origin, logKey } of trust.registries) {
    const key = settle(() => parseVerifierKey(crypto.sha256, logKey));
    logs.set(origin, { registry, jurisdiction, keys: key.problem ? [] : [key.value] });
  }
  // Each round believes something more, or is the last.
  for (let known = -1; known !== keyCount(logs);) {
    known = keyCount(logs);
    for (const block of bundle.registries) {
      const log = logs.get(block.origin);
      if (log) await addNamedKeys(crypto, block, log, exhibits);
    }
    addNeighbours(crypto, logs, exhibits);
  }
  return logs;
}

function keyCount(logs: ReadonlyMap<string, TrustedLog>): number {
  return [...logs.values()].reduce((sum, { keys }) => sum + keys.length, logs.size);
}

async function addNamedKeys(
  crypto: Crypto,
  { origin, logKeyProofs = [] }: BundleRegistry,
  log: TrustedLog,
  exhibits: readonly Exhibit[],
): Promise<void> {
  const ours = exhibits.filter((exhibit) => exhibit.origin === origin);
  const further = logKeyProofs.flatMap((text) => {
    const proof = settle(() => parseTlogProof(text));
    return proof.problem ? [] : [proof.value];
  });
  for (const exhibit of ours) {
    const named = keysIn(crypto, origin, logKeysNamedIn(exhibit)).filter(
      (key) => !holds(log.keys, key),
    );
    if (named.length === 0) continue;
    const proofs = [exhibit.proof, ...further.filter(({ index }) => index === exhibit.entry.index)];
    for (const proof of proofs)
      if (await isProved(crypto, exhibit, proof, log.keys)) {
        log.keys.push(...named.filter((key) => !holds(log.keys, key)));
        break;
      }
  }
}

/** Whether an entry is in the tree of a checkpoint that one of the keys has signed. */
async function isProved(
  crypto: Crypto,
  { origin, leafHash }: Exhibit,
  { index, hashes, checkpoint: note }: TlogProof,
  keys: readonly VerifierKey[],
): Promise<boolean> {
  const proved = await settled(async () => {
    const { checkpoint } = await openCheckpoint(crypto, note, keys);
    const { treeSize, rootHash } = checkpoint;
    verifyInclusion(crypto.sha256, { index, treeSize, leafHash, rootHash, proof: hashes });
    return checkpoint.origin === origin;
  });
  return proved.problem === undefined && proved.value;
}

/** Predecessors and successors of logs that are believed. */
function addNeighbours(
  crypto: Crypto,
  logs: Map<string, TrustedLog>,
  exhibits: readonly Exhibit[],
): void {
  for (const { origin, entry, opened } of exhibitsOf(exhibits, 'RegistryGenesis')) {
    const { predecessor, logKey } = opened.credentialSubject;
    if (entry.index !== 0 || !predecessor) continue;
    const [before, after] = [logs.get(predecessor.origin), logs.get(origin)];
    if (before && !after) logs.set(origin, { ...before, keys: keysIn(crypto, origin, [logKey]) });
    if (after && !before) {
      const keys = keysIn(crypto, predecessor.origin, [predecessor.logKey]);
      logs.set(predecessor.origin, { ...after, keys });
    }
  }
}

/** The verifier keys that a statement says are its log's. */
export function logKeysNamedIn(exhibit: Exhibit): string[] {
  const [genesis] = exhibitsOf([exhibit], 'RegistryGenesis');
  if (genesis) return genesis.entry.index === 0 ? [genesis.opened.credentialSubject.logKey] : [];
  const [rotation] = exhibitsOf([exhibit], 'KeyRotation');
  return rotation?.opened.credentialSubject.logKeys?.add ?? [];
}

/** A key counts for the log whose name it bears, and for no other. */
function keysIn({ sha256 }: Crypto, origin: string, texts: readonly string[]): VerifierKey[] {
  return texts.flatMap((text) => {
    const key = settle(() => parseVerifierKey(sha256, text));
    if (key.problem) return [];
    return key.value.name === origin && key.value.type === SIGNATURE_TYPES.ed25519
      ? [key.value]
      : [];
  });
}

function holds(keys: readonly VerifierKey[], { keyId, name }: VerifierKey): boolean {
  return keys.some((key) => key.keyId === keyId && key.name === name);
}
