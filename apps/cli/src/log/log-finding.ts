import { Problem } from '#lib/problem';

/** One thing that an audit found wrong, and where: a table of a database, or a file of a log. */
export interface AuditFinding {
  /**
   * `altered`, `missing`, `unreadable` … as the registry's own auditor says; `forked` and
   * `rolled-back` of a log that contradicts a checkpoint it signed before.
   */
  name: string;
  /** The log that it is about, where that is one before the newest. */
  origin?: string;
  table: string;
  /** Entry index, tree size of a checkpoint, or index of a tile; null where there is none. */
  index: number | null;
  detail: string;
}

/** What an audit says. */
export interface AuditReport {
  origin: string;
  /** How many entries were checked. */
  treeSize: number;
  /** The logs that this one succeeds, the oldest first, and what was checked of each. */
  predecessors?: { origin: string; treeSize: number }[];
  findings: AuditFinding[];
}

/**
 * What a refusal by the log's formats or proofs means for its auditor. Faults, such as a log that
 * does not answer, are no findings and are thrown on.
 */
export function findingOf(fault: unknown, table: string, index: number | null): AuditFinding {
  if (!(fault instanceof Problem)) throw fault;
  const { problem, details } = fault;
  const at = details.extensions?.['index'];
  return {
    name: NAMES[problem] ?? 'unreadable',
    table,
    index: typeof at === 'number' ? at : index,
    detail: details.detail,
  };
}

const NAMES: Readonly<Record<string, string>> = {
  'chain-invalid': 'altered',
  'consistency-invalid': 'forked',
  'inclusion-invalid': 'altered',
  'not-found': 'missing',
};
