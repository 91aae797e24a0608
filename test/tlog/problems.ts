import { Problem, type ProblemName } from '#lib/problem';

/** The name of the problem that a call throws; 'none' if it returns. A fault is thrown on. */
export function problemOf(call: () => unknown): ProblemName | 'none' {
  try {
    call();
  } catch (error) {
    if (error instanceof Problem) return error.problem;
    throw error;
  }
  return 'none';
}

/** As `problemOf`, of a promise. */
export async function problemOfPromise(promise: Promise<unknown>): Promise<ProblemName | 'none'> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Problem) return error.problem;
    throw error;
  }
  return 'none';
}
