import type { At, Crypto, LineageEdge, StateView, StateWrite } from '#lib/documents';
import type { Entry, VerifierKey } from '#lib/tlog';

/** The log that a registry keeps: its name, and how its checkpoints are signed and verified. */
export interface Log {
  /** First line of every checkpoint; fixed for ever (C2SP tlog-checkpoint). */
  origin: string;
  crypto: Crypto;
  /** Every key that has signed for this origin, so that old checkpoints verify after a rotation. */
  keys: readonly VerifierKey[];
  /** Signs a checkpoint's text: the whole note with our signature line. */
  signCheckpoint(text: string): string;
  /** The logs in this database that this one succeeds, the oldest first: frozen, each by the next. */
  predecessors?: readonly PastLog[];
}

/** A log that is frozen. */
export type PastLog = Pick<Log, 'origin' | 'keys'>;

/** The names of a log and of those before it, the oldest first. */
export function originsOf({ origin, predecessors = [] }: Pick<Log, 'origin' | 'predecessors'>) {
  return [...predecessors.map((past) => past.origin), origin];
}

/** A log and those before it, the oldest first; only the last can be signed for. */
export function logsOf(log: Log): Log[] {
  const past = (log.predecessors ?? []).map(({ origin, keys }, i) => ({
    origin,
    keys,
    crypto: log.crypto,
    predecessors: log.predecessors!.slice(0, i),
    signCheckpoint: (): string => {
      throw new Error(`The log ${origin} is frozen: nobody signs for it`);
    },
  }));
  return [...past, log];
}

/** A document that a statement cites, stored under its own digest. */
export interface Evidence {
  /** SHA-256 of the bytes, 64 lowercase hex. */
  digest: string;
  bytes: Uint8Array;
}

/** A statement that is authentic and well formed, ready to be decided upon and recorded. */
export interface LedgerItem {
  type: string;
  /** SHA-256 of `bytes`, 64 lowercase hex. */
  digest: string;
  /** Of the payload and its signers, 64 lowercase hex: recorded once, whatever the signatures. */
  identity: string;
  /** The statement's exact bytes. */
  bytes: Uint8Array;
  /** RFC 8785 bytes of the disclosures, kept apart from the statement; null when there are none. */
  disclosures: Uint8Array | null;
  /** What the deciders read; the store hands it through and never looks inside. */
  signed: unknown;
  evidence?: readonly Evidence[];
}

/** The rules of all statement types, handed in by the application. Pure, as each decider is. */
export interface LedgerDeciders {
  /** Every state key that `decide` and `apply` may read or write for this statement. */
  touches(signed: unknown): string[];
  /** Throws a Problem to refuse. */
  decide(state: StateView, signed: unknown, at: At): void;
  apply(state: StateView, signed: unknown, at: At): StateWrite[];
  lineage(signed: unknown): LineageEdge[];
  /** Whether anybody asks which statements touched a key; when left out, all are remembered. */
  isMentioned?(key: string): boolean;
}

/**
 * What the submitter gets (receipt.schema.json): what the entry says, and enough for anyone's tools
 * to check that it is in the log.
 */
export interface Receipt extends Omit<Entry, 'previous'> {
  /** The entry's exact bytes as text. */
  entry: string;
  /** C2SP tlog-proof v1. */
  proof: string;
}

/** Told of what the operator must look into; the person who asked only learns that it failed. */
export type FaultListener = (fault: Error) => void;

/** The keys, among those that a statement touches, under which it can be found again. */
export function mentionsOf(deciders: LedgerDeciders, touched: Iterable<string>): string[] {
  return [...touched].filter((key) => deciders.isMentioned?.(key) ?? true);
}
