import { toHex } from '#lib/documents';
import type { KeySigner } from '#lib/keys';
import { parseCheckpoint, parseNote } from '#lib/tlog';
import { aLogSigner } from './memory-keys.js';
import { MemoryLog, type LogRecord } from './memory-log.js';

/** What a dishonest succession changes. */
export interface SuccessionTurns {
  /** Changes the head that the genesis names. */
  predecessor?: Record<string, unknown>;
  /** Signs the genesis in place of the registry. */
  by?: KeySigner;
}

/** A log that a registry keeps after another: the same state, keys and authority. */
export function successorOf(before: MemoryLog, origin: string): MemoryLog {
  const { jurisdiction, domain, now, witnesses } = before;
  const log = new MemoryLog(jurisdiction, domain, now, witnesses);
  const { state, key, keys, authority, raised } = before;
  const logSigner = aLogSigner(origin);
  return Object.assign(log, { origin, logSigner, state, key, keys, authority, raised });
}

/** Begins the successor at the head that the log before has now. */
export function succeed(
  log: MemoryLog,
  before: MemoryLog,
  { predecessor = {}, by = log.key }: SuccessionTurns = {},
): Promise<LogRecord> {
  const checkpoint = before.checkpoint();
  const { treeSize, rootHash } = parseCheckpoint(parseNote(checkpoint).text);
  const { registry: id, jurisdiction, origin, logKey } = log;
  const named = {
    origin: before.origin,
    logKey: before.logKey,
    treeSize,
    rootHash: toHex(rootHash),
    checkpoint,
    ...predecessor,
  };
  const subject = {
    id,
    name: `Registry of ${jurisdiction}`,
    jurisdiction,
    origin,
    logKey,
    keys: [by.publicKeyMultibase],
    authority: log.authority.did,
    yieldBands: [],
    predecessor: named,
  };
  return log.say(by, 'RegistryGenesis', subject, { lawless: true });
}
