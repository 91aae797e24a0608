export { outcomeOf, valueOf, type Outcome } from './outcome.js';
export {
  Problem,
  refuse,
  PROBLEM_TYPE_PREFIX,
  type ProblemDetails,
  type ProblemDocument,
} from './problem.js';
export type { ProblemType } from './problem-type.js';
export { PROBLEMS, type ProblemName } from './registry.js';
