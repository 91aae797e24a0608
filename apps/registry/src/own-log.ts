import { nodeCrypto, type VerifierPool } from '#lib/keys';
import { CosignatureStore, LogReader, type FaultListener, type Log, type Pool } from '#lib/store';
import type { KeyRing } from './key-ring.js';
import type { OwnLog } from './registry.js';
import type { WitnessPolicy } from './witness/witness-policy.js';
import { WitnessedLog } from './witness/witnessed-log.js';

/** A log of this registry, after those that it succeeds: signed with the keys that count now. */
export function logOf(
  origin: string,
  keys: KeyRing,
  predecessors: readonly { origin: string }[] = [],
): Log {
  return {
    origin,
    crypto: nodeCrypto,
    // Asked each time: keys come and go while the process runs.
    get keys() {
      return keys.keysOf(origin);
    },
    signCheckpoint: (text) => keys.signCheckpoint(text),
    predecessors: predecessors.map((past) => ({
      origin: past.origin,
      get keys() {
        return keys.keysOf(past.origin);
      },
    })),
  };
}

/** A log that was frozen: read for ever, with the cosignatures that it had. */
export function pastLog(
  pool: Pool,
  log: Log,
  verifier: VerifierPool,
  policy: WitnessPolicy,
  onFault: FaultListener,
): OwnLog {
  const reader = new LogReader(pool, log, onFault);
  const cosignatures = new CosignatureStore(pool, log.origin);
  return { reader, witnessed: new WitnessedLog(verifier, reader, cosignatures, policy) };
}
