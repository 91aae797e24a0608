import type { Crypto } from '#lib/documents';
import { refuse } from '#lib/problem';
import { openCheckpoint, type Checkpoint } from './checkpoint.js';
import type { TextSource } from './note-text.js';
import { evaluateQuorum, type QuorumFinding, type TlogPolicy } from './tlog-policy.js';
import type { VerifierKey } from './verifier-key.js';

/** How old a cosignature may be. The verifier's clock is handed in; times are POSIX seconds. */
export interface Freshness {
  now: number;
  /** Older cosignatures do not count: a frozen view of the log is then found out. */
  maximumAgeSeconds: number;
  /** How far ahead of `now` a witness's clock may be; 300 seconds unless given. */
  skewSeconds?: number;
}

/** A cosignature that has verified. */
export interface WitnessCosignature {
  /** The witness's name in the policy. */
  name: string;
  /** POSIX seconds. */
  timestamp: number;
  /** Whether it counts: neither too old nor from the future. */
  fresh: boolean;
}

/** A checkpoint that the policy accepts, and on whose word. */
export interface WitnessedCheckpoint {
  checkpoint: Checkpoint;
  log: VerifierKey;
  cosignatures: WitnessCosignature[];
  quorum: QuorumFinding;
}

const DEFAULT_SKEW_SECONDS = 300;

/**
 * Verifies a checkpoint under a policy: signed by one of its logs, cosigned by its quorum, recently
 * enough if freshness is asked for. Throws `malformed-note`, `checkpoint-invalid` (no trusted log,
 * or a known line that does not verify) or `quorum-missing`.
 */
export async function verifyCheckpoint(
  crypto: Crypto,
  source: TextSource,
  policy: TlogPolicy,
  freshness?: Freshness,
): Promise<WitnessedCheckpoint> {
  const opened = await openCheckpoint(
    crypto,
    source,
    policy.logs.map(({ key }) => key),
    policy.witnesses.map(({ key }) => key),
  );
  const { checkpoint, signatures } = opened;
  const cosignatures = signatures.flatMap(({ key, timestamp }): WitnessCosignature[] => {
    const witness = policy.witnesses.find((known) => known.key === key);
    if (witness === undefined || timestamp === undefined) return [];
    return [{ name: witness.name, timestamp, fresh: isFresh(timestamp, freshness) }];
  });
  const counting = cosignatures.filter(({ fresh }) => fresh).map(({ name }) => name);
  const quorum = evaluateQuorum(policy, counting);
  if (!quorum.satisfied) {
    throw refuse(
      'quorum-missing',
      `The policy asks for "${policy.quorum}"; ${counting.length} of ${policy.witnesses.length} witnesses count.`,
      undefined,
      { extensions: { witnesses: counting.length, stale: cosignatures.length - counting.length } },
    );
  }
  // openCheckpoint has seen that a log of the policy signed under this origin.
  const { key: log } = policy.logs.find(
    (known) =>
      known.key.name === checkpoint.origin && signatures.some(({ key }) => key === known.key),
  )!;
  return { checkpoint, log, cosignatures, quorum };
}

function isFresh(timestamp: number, freshness: Freshness | undefined): boolean {
  if (freshness === undefined) return true;
  const { now, maximumAgeSeconds, skewSeconds = DEFAULT_SKEW_SECONDS } = freshness;
  return timestamp >= now - maximumAgeSeconds && timestamp <= now + skewSeconds;
}
