export {
  Problem,
  refuse,
  PROBLEM_TYPE_PREFIX,
  type ProblemDetails,
  type ProblemDocument,
} from './problem.js';
export { PROBLEMS, type ProblemName, type ProblemType } from './registry.js';
