import {
  statementIdentity,
  type Decider,
  type Json,
  type Sha256,
  type Signer,
  type StateWrite,
  type Statement,
} from '#lib/documents';
import { inLogOrder, MATERIAL_DECIDERS, type Recorded } from '#lib/materials';
import type { Problem } from '#lib/problem';
import { RULE_DECIDERS } from '#lib/rules';
import type { Exhibit } from './exhibit.js';
import { settle, type Verified } from './verified.js';

/** The rules of every statement type, by its name. */
export const DECIDERS = { ...MATERIAL_DECIDERS, ...RULE_DECIDERS };

/** Why a replay went no further. */
export interface ReplayStop {
  at: Exhibit;
  /** `refused`: the rules refuse it. The others: it could not be put to the rules. */
  because: 'refused' | 'unsigned' | 'undisclosed';
  problem?: Problem;
}

/** A statement that was decided again, with all that the rules said of it. */
export interface Decided {
  record: Recorded;
  /** The state keys that it may read and write. */
  touched: ReadonlySet<string>;
  writes: readonly StateWrite[];
}

/** A registry's statements of a bundle, decided and applied again in the order of recording. */
export interface Replay {
  /** As far as the replay came. */
  decided: Decided[];
  /** Absent when every statement holds. */
  stop?: ReplayStop;
}

/**
 * Decides again every statement of a registry's logs, as its registry did when it recorded them: by the same
 * rules, at the recorded times, on a state that only these statements made. Ends at the first that
 * cannot be decided or is refused, because whatever follows may rest on it. Never throws.
 */
export function replayLog(
  sha256: Sha256,
  exhibits: readonly Exhibit[],
  signersOf: (exhibit: Exhibit) => Verified<Signer[]>,
): Replay {
  const state = new Map<string, Json>();
  const decided: Decided[] = [];
  for (const exhibit of exhibits) {
    const signers = signersOf(exhibit);
    if (signers.problem)
      return { decided, stop: { at: exhibit, because: 'unsigned', problem: signers.problem } };
    if (exhibit.undisclosed !== undefined)
      return { decided, stop: { at: exhibit, because: 'undisclosed' } };
    const record = recordOf(sha256, exhibit, signers.value);
    const decision = settle(() => decide(state, record));
    const { problem } = decision;
    if (problem) return { decided, stop: { at: exhibit, because: 'refused', problem } };
    write(state, decision.value.writes);
    decided.push(decision.value);
  }
  return { decided };
}

/**
 * The state that these records make, when the replay began with just them: what it decided and wrote
 * then, it would decide and write again. Undefined when it did not.
 */
export function stateOf(
  { decided }: Replay,
  records: readonly Recorded[],
): Map<string, Json> | undefined {
  if (!records.every((record, i) => decided[i]?.record === record)) return undefined;
  const state = new Map<string, Json>();
  for (const { writes } of decided.slice(0, records.length)) write(state, writes);
  return state;
}

/** Reads among these records those that touch any of the state keys, in order. */
export function historyOf(
  decided: readonly Decided[],
): (keys: readonly string[]) => Promise<Recorded[]> {
  const byKey = new Map<string, Recorded[]>();
  for (const { record, touched } of decided)
    for (const key of touched) {
      const touching = byKey.get(key);
      if (touching) touching.push(record);
      else byKey.set(key, [record]);
    }
  return async (keys) => inLogOrder([...new Set(keys.flatMap((key) => byKey.get(key) ?? []))]);
}

function deciderOf({ signed }: Recorded): Decider<Statement> {
  return DECIDERS[signed.statement.type[1]] as Decider<Statement>;
}

function recordOf(sha256: Sha256, exhibit: Exhibit, signers: Signer[]): Recorded {
  const { statement, bytes, opened, digest, entry } = exhibit;
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  const identity = statementIdentity(sha256, statement, keys, bytes);
  return {
    signed: { statement: opened, type: opened.type[1], digest, identity, signers },
    at: { origin: entry.origin, index: entry.index, recordedAt: entry.recordedAt },
  };
}

/** Decides one statement on the state; throws the Problem with which it is refused. */
function decide(state: ReadonlyMap<string, Json>, record: Recorded): Decided {
  const { signed, at } = record;
  const decider = deciderOf(record);
  const touched = new Set(decider.touches(signed));
  // The registry loads only what a statement touches; the replay must see no more than it did.
  const view = { get: (key: string) => (touched.has(key) ? state.get(key) : undefined) };
  decider.decide(view, signed, at);
  return { record, touched, writes: decider.apply(view, signed, at) };
}

function write(state: Map<string, Json>, writes: readonly StateWrite[]): void {
  for (const [key, value] of writes)
    if (value === null) state.delete(key);
    else state.set(key, value);
}
