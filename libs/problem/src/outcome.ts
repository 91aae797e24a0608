import { Problem, type ProblemDetails } from './problem.js';
import type { ProblemName } from './registry.js';

/**
 * What came of a piece of work, as plain data that crosses a thread, where a Problem would lose its
 * class: its value, a refusal to throw again, or the stack of a fault.
 */
export type Outcome<T> =
  { value: T } | { problem: ProblemName; details: ProblemDetails } | { fault: string };

/** Does a piece of work. Never throws. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.problem, details: error.details };
    return { fault: (error as Error).stack ?? String(error) };
  }
}

/** The value of an outcome; throws its Problem, or an Error for a fault. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  if ('problem' in outcome) throw new Problem(outcome.problem, outcome.details);
  throw new Error(`The work on another thread failed: ${outcome.fault}`);
}
