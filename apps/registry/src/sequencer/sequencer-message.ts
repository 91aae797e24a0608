import type { SignedTree } from '#lib/store';
import type { Configuration } from '../configuration.js';
import type { Outcome } from '#lib/problem';
import type { Admission, VerifiedStatement } from './sequencing.js';

/** What a sequencer's thread starts from. */
export interface SequencerStart {
  configuration: Configuration;
  databaseUrl: string;
  /** The registry's DID. */
  did: string;
  /** Of the log into which statements go. */
  origin: string;
  /** Of the logs before it, the oldest first. */
  predecessors: readonly string[];
  /** `WriteGate.signal`. */
  gate: Int32Array;
}

/** Statements in: those of one turn of the event loop together. `null` asks the thread to end. */
export type StatementsIn = readonly { id: number; statement: VerifiedStatement }[] | null;

/** What a thread has to tell, gathered over a turn of its event loop. */
export interface SequencerNews {
  outcomes: { id: number; outcome: Outcome<Admission> }[];
  /** The tree that was signed last, if something was recorded since the last news. */
  committed?: SignedTree;
  /** Stacks, for the operator. */
  faults: string[];
}
