import pc from 'picocolors';
import { Problem, type ProblemDocument } from '#lib/problem';
import { Refusal } from './registry-client.js';

/**
 * Says on standard error what went wrong and what to do, and sets the exit status: 1 for a refusal,
 * 2 for anything that is no answer at all. Never a stack trace.
 */
export function reportFailure(error: unknown): void {
  const problem = problemOf(error);
  if (problem) {
    console.error(`${pc.red(problem.title)}: ${problem.detail}`);
    if (problem.pointer !== undefined) console.error(`  at ${problem.pointer}`);
    console.error(`  ${pc.bold('→')} ${problem.remedy}`);
    console.error(pc.dim(`  ${problem.type}`));
    process.exitCode = 1;
    return;
  }
  console.error(pc.red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 2;
}

function problemOf(error: unknown): ProblemDocument | undefined {
  if (error instanceof Refusal) return error.problem;
  return error instanceof Problem ? error.toJSON() : undefined;
}
