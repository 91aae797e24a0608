/** Tables whose rows an audit can find wrong: all that the ledger has. */
export const AUDITED_TABLES = [
  'log_head',
  'entry',
  'statement',
  'disclosure',
  'evidence',
  'tile',
  'checkpoint',
  'cosignature',
  'witness_state',
  'witness_evidence',
  'state',
  'mention',
  'lineage',
] as const;

/** One of them. */
export type AuditedTable = (typeof AUDITED_TABLES)[number];

/**
 * What can be wrong: `altered` is not what its hash, signature or neighbour says; `missing` should be
 * there; `surplus` should not; `unreadable` cannot be opened again; `undecidable` would be refused
 * today by the rules that accepted it; `differs` is not what `apply` makes of the ledger.
 */
export type FindingName =
  'altered' | 'missing' | 'surplus' | 'unreadable' | 'undecidable' | 'differs';

/** One row that is not as it must be. */
export interface AuditFinding {
  name: FindingName;
  /** The log that it is about, where that is one before the newest. */
  origin?: string;
  table: AuditedTable;
  /** Entry index, tree size of a checkpoint, or index of a tile; null where rows have none. */
  index: number | null;
  detail: string;
}

/** Told of every finding as it is made. */
export type FindingListener = (finding: AuditFinding) => void;
