import {
  statementIdentity,
  unsecuredBytes,
  type Decider,
  type Json,
  type Sha256,
  type Signer,
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

/** A registry's statements of a bundle, decided and applied again in the order of recording. */
export interface Replay {
  /** As far as the replay came. */
  records: Recorded[];
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
  const records: Recorded[] = [];
  for (const exhibit of exhibits) {
    const signers = signersOf(exhibit);
    if (signers.problem)
      return { records, stop: { at: exhibit, because: 'unsigned', problem: signers.problem } };
    if (exhibit.undisclosed !== undefined)
      return { records, stop: { at: exhibit, because: 'undisclosed' } };
    const record = recordOf(sha256, exhibit, signers.value);
    const problem = step(state, record);
    if (problem) return { records, stop: { at: exhibit, because: 'refused', problem } };
    records.push(record);
  }
  return { records };
}

/** Reads among these records those that touch any of the state keys, in order. */
export function historyOf(
  records: readonly Recorded[],
): (keys: readonly string[]) => Promise<Recorded[]> {
  const byKey = new Map<string, Set<Recorded>>();
  for (const record of records)
    for (const key of deciderOf(record).touches(record.signed)) {
      const touching = byKey.get(key) ?? new Set();
      byKey.set(key, touching.add(record));
    }
  return async (keys) =>
    inLogOrder([...new Set(keys.flatMap((key) => [...(byKey.get(key) ?? [])]))]);
}

function deciderOf({ signed }: Recorded): Decider<Statement> {
  return DECIDERS[signed.statement.type[1]] as Decider<Statement>;
}

function recordOf(sha256: Sha256, exhibit: Exhibit, signers: Signer[]): Recorded {
  const { statement, bytes, opened, digest, entry } = exhibit;
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  const identity = statementIdentity(sha256, statement, keys, unsecuredBytes(bytes));
  return {
    signed: { statement: opened, type: opened.type[1], digest, identity, signers },
    at: { origin: entry.origin, index: entry.index, recordedAt: entry.recordedAt },
  };
}

/** Decides one statement on the state and applies it; returns the Problem when it is refused. */
function step(state: Map<string, Json>, record: Recorded): Problem | undefined {
  const { signed, at } = record;
  const decider = deciderOf(record);
  const touched = new Set(decider.touches(signed));
  // The registry loads only what a statement touches; the replay must see no more than it did.
  const view = { get: (key: string) => (touched.has(key) ? state.get(key) : undefined) };
  const decided = settle(() => {
    decider.decide(view, signed, at);
    return decider.apply(view, signed, at);
  });
  if (decided.problem) return decided.problem;
  for (const [key, value] of decided.value)
    if (value === null) state.delete(key);
    else state.set(key, value);
  return undefined;
}
