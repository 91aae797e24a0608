import { Problem, type ProblemName, refuse } from '#lib/problem';
import type { FaultListener } from './ledger.js';

/**
 * What a failure of the database means for a batch: `offending` data fail again for one item alone;
 * `passing` trouble (a lost connection, a lock not granted, an outcome not known) is worth another
 * try; anything else is a `fault` of ours.
 */
export type FailureKind = 'offending' | 'passing' | 'fault';

/** SQLSTATE classes (PostgreSQL, Appendix A) by what they mean here. */
const KIND_BY_CLASS: Readonly<Record<string, FailureKind>> = {
  '08': 'passing', // connection exception
  '22': 'offending', // data exception
  '23': 'offending', // integrity constraint violation
  '25': 'passing', // invalid transaction state: thrown out for idling
  '40': 'passing', // transaction rollback
  '53': 'passing', // insufficient resources
  '54': 'offending', // program limit exceeded
  '55': 'passing', // object not in prerequisite state: lock not available
  '57': 'passing', // operator intervention: shutdown, termination, timeout
  '58': 'passing', // system error: input and output
};

const CONNECTION_LOST = /^E[A-Z]+$|[Cc]onnection|timeout/;

/** What a read within a read has said already is passed on as it is. */
const REFUSALS_OF_A_READ: ReadonlySet<ProblemName> = new Set([
  'not-found',
  'invalid-log-path',
  'database-unavailable',
  'internal',
]);

/** Sorts an error that the driver or the server raised. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof Problem) return 'fault';
  const { code, severity, message } = (error ?? {}) as Record<string, unknown>;
  // Only an error of the server has a severity: `EPIPE` is five capitals as well.
  if (severity !== undefined) return KIND_BY_CLASS[String(code).slice(0, 2)] ?? 'fault';
  return CONNECTION_LOST.test(String(code ?? message)) ? 'passing' : 'fault';
}

/** What the person is told when the database does not answer, whatever the reason. */
export function databaseUnavailable(): Problem {
  return refuse('database-unavailable', 'The database does not answer.', undefined, {
    extensions: { retryAfterSeconds: 2 },
  });
}

/**
 * Runs a read that proves what it found. That the caller asked for nothing sensible is a refusal;
 * that what is stored does not prove itself is a fault, told to the operator in full and to the
 * caller as `internal`.
 */
export async function readProven<T>(onFault: FaultListener, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Problem && REFUSALS_OF_A_READ.has(error.problem)) throw error;
    if (failureKind(error) === 'passing') throw databaseUnavailable();
    onFault(error instanceof Error ? error : new Error(String(error)));
    throw refuse('internal', 'What is stored does not prove itself.');
  }
}
