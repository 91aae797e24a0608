import { CONSISTENCY_PROBLEMS } from './consistency-problems.js';
import { ENTITLEMENT_PROBLEMS } from './entitlement-problems.js';
import type { ProblemType } from './problem-type.js';
import { READING_PROBLEMS } from './reading-problems.js';
import { SERVICE_PROBLEMS } from './service-problems.js';

/**
 * Every problem Lodestone can answer with: a closed registry. A test demands that each is
 * provoked, and `GET /problems` serves this table.
 */
export const PROBLEMS = {
  ...READING_PROBLEMS,
  ...ENTITLEMENT_PROBLEMS,
  ...CONSISTENCY_PROBLEMS,
  ...SERVICE_PROBLEMS,
} as const satisfies Record<string, ProblemType>;

/** The name of a problem: the last segment of its type URI. */
export type ProblemName = keyof typeof PROBLEMS;
