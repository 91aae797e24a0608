import type { Decider, Signed, Statement, StatementType } from '#lib/documents';
import { MATERIAL_DECIDERS } from '#lib/materials';
import { RULE_DECIDERS } from '#lib/rules';
import type { LedgerDeciders } from '#lib/store';

/** The rules of every statement type. */
export const DECIDERS: Record<StatementType, Decider<Statement>> = {
  ...MATERIAL_DECIDERS,
  ...RULE_DECIDERS,
} as Record<StatementType, Decider<Statement>>;

/** The statements that were decided upon in this process, in contrast to those found recorded. */
const decided = new WeakSet<object>();

/** The rules as the ledger calls them: each statement meets those of its own type. */
export const LEDGER_DECIDERS: LedgerDeciders = {
  touches: (signed) => deciderOf(signed).touches(signed as Signed<Statement>),
  decide: (state, signed, at) => {
    deciderOf(signed).decide(state, signed as Signed<Statement>, at);
    decided.add(signed as object);
  },
  apply: (state, signed, at) => deciderOf(signed).apply(state, signed as Signed<Statement>, at),
  lineage: (signed) => deciderOf(signed).lineage?.(signed as Signed<Statement>) ?? [],
  isMentioned: (key) => HISTORIC.has(key.slice(0, key.indexOf(':'))),
};

/**
 * The kinds of state key whose history is read: those that walkProvenance asks for. Every statement
 * of a works touches its keys, its yearly output and the registry; nobody asks for all of these.
 */
const HISTORIC: ReadonlySet<string> = new Set(['about', 'batch', 'certificate', 'party']);

/**
 * Whether a statement that was appended is new. The ledger finds what it already holds by identity
 * and decides nothing then, so what was never decided upon was there before.
 */
export function isNewlyRecorded(signed: object): boolean {
  return decided.has(signed);
}

function deciderOf(signed: unknown): Decider<Statement> {
  return DECIDERS[(signed as Signed<Statement>).type as StatementType];
}
