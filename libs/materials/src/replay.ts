import type { Decider, Json, Statement } from '#lib/documents';
import { inLogOrder, type Recorded } from './recorded.js';

/**
 * The state that these records of one registry make, decided and applied again in the order in which
 * they were recorded, over all its logs. Throws the Problem of the first that is refused.
 */
export function replay(
  records: readonly Recorded[],
  deciders: Readonly<Record<string, Decider<Statement>>>,
): Map<string, Json> {
  const state = new Map<string, Json>();
  for (const { signed, at } of inLogOrder(records)) {
    const decider = deciders[signed.statement.type[1]];
    if (!decider) throw new TypeError(`No decider for ${signed.statement.type[1]}`);
    decider.decide(state, signed, at);
    for (const [key, value] of decider.apply(state, signed, at))
      if (value === null) state.delete(key);
      else state.set(key, value);
  }
  return state;
}
