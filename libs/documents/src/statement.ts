import type { Blinded } from './generated/types.js';
import type { Json } from './json.js';

/** `T` as its reader sees it once every blinded value is disclosed. */
export type Opened<T> = T extends Blinded
  ? never
  : T extends object
    ? { [K in keyof T]: Opened<T[K]> }
    : T;

/** One key that verified a proof of a statement. */
export interface Signer {
  /** The did:key of the key itself. */
  did: string;
  /** The DID URL that the proof named. */
  verificationMethod: string;
  /** The Ed25519 key as Multikey text (`z6Mk…`). */
  publicKeyMultibase: string;
}

/** A statement whose proofs have verified, with every blinded value opened: what deciders read. */
export interface Signed<S> {
  statement: Opened<S>;
  type: string;
  /** SHA-256 of the statement's exact bytes, hex. */
  digest: string;
  /** `statementIdentity`, hex: the same for every signature over the same payload by the same keys. */
  identity: string;
  signers: Signer[];
}

/** What the sequencer knows when it decides: which log, which index, at what recorded time. */
export interface At {
  origin: string;
  index: number;
  /** RFC 3339 UTC with milliseconds. */
  recordedAt: string;
}

/** Read access to decision state: the value under a key, or undefined when there is none. */
export interface StateView {
  get(key: string): Json | undefined;
}

/** One write to decision state; null removes the key. */
export type StateWrite = readonly [key: string, value: Json | null];

/** One step of ancestry: `child` was made from `parent`. */
export interface LineageEdge {
  parent: string;
  child: string;
}

/**
 * The rules of one statement type, as pure functions. `touches` names every state key that the
 * other two read or write; `decide` throws a Problem to refuse; `apply` never refuses.
 */
export interface Decider<S> {
  touches(signed: Signed<S>): string[];
  decide(state: StateView, signed: Signed<S>, at: At): void;
  apply(state: StateView, signed: Signed<S>, at: At): StateWrite[];
  lineage?(signed: Signed<S>): LineageEdge[];
}
