import type { At, Decider, Signed, Statement, StatementType } from '#lib/documents';
import { MATERIAL_DECIDERS } from '#lib/materials';
import { RULE_DECIDERS } from '#lib/rules';
import type { LedgerDeciders } from '#lib/store';

/** The rules of every statement type. */
export const DECIDERS: Record<StatementType, Decider<Statement>> = {
  ...MATERIAL_DECIDERS,
  ...RULE_DECIDERS,
} as Record<StatementType, Decider<Statement>>;

/** Where the statements were to stand that were decided upon in this process, when they last were. */
const decided = new WeakMap<object, At>();

/** The rules as the ledger calls them: each statement meets those of its own type. */
export const LEDGER_DECIDERS: LedgerDeciders = {
  touches: (signed) => deciderOf(signed).touches(signed as Signed<Statement>),
  decide: (state, signed, at) => {
    deciderOf(signed).decide(state, signed as Signed<Statement>, at);
    decided.set(signed as object, at);
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
 * Whether an appended statement became this entry here and now. The ledger finds what it already holds
 * by identity and decides nothing then; what it decided upon and then lost, another process may have
 * recorded in the meantime.
 */
export function isNewlyRecorded(signed: object, { origin, index, recordedAt }: At): boolean {
  const at = decided.get(signed);
  return at?.origin === origin && at.index === index && at.recordedAt === recordedAt;
}

function deciderOf(signed: unknown): Decider<Statement> {
  return DECIDERS[(signed as Signed<Statement>).type as StatementType];
}
