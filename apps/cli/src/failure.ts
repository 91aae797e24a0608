import { CommanderError } from 'commander';
import { pcError as pc } from './colours.js';
import { Problem, type ProblemDocument } from '#lib/problem';
import { Refusal } from './registry-client.js';

/** No answer at all: a missing file, a registry that is not there, a command that makes no sense. */
const NO_ANSWER = 2;

/**
 * Says what went wrong and what to do, and sets the exit status: 1 for a refusal, 2 for anything
 * that is no answer at all. Never a stack trace. For people on standard error; with `json` as one
 * line of RFC 9457 on standard output, where a program reads the answer as well.
 */
export function reportFailure(error: unknown, { json = false } = {}): void {
  if (error instanceof CommanderError) {
    // Commander has already said it, with the usage; asking for help is no failure.
    process.exitCode = error.exitCode === 0 ? 0 : NO_ANSWER;
    return;
  }
  const problem = problemOf(error);
  process.exitCode = problem ? 1 : NO_ANSWER;
  if (json) console.log(JSON.stringify(problem ?? faultDocument(error)));
  else console.error((problem ? describeProblem(problem) : [pc.red(sentenceOf(error))]).join('\n'));
}

function describeProblem({ title, detail, pointer, remedy, type }: ProblemDocument): string[] {
  return [
    `${pc.red(title)}: ${detail}`,
    ...(!pointer ? [] : [`  at ${pointer}`]),
    `  ${pc.bold('→')} ${remedy}`,
    pc.dim(`  ${type}`),
  ];
}

/** RFC 9457 §4.2.1: `about:blank` says that there is no more to know of the type. */
function faultDocument(error: unknown) {
  return { type: 'about:blank', title: 'No answer', detail: sentenceOf(error) };
}

function problemOf(error: unknown): ProblemDocument | undefined {
  if (error instanceof Refusal) return error.problem;
  return error instanceof Problem ? error.toJSON() : undefined;
}

/** What the system says of files is meant for programmers. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR') return `${path ?? 'What was named'} is a folder; name a file in it.`;
  if (path === undefined) return error.message;
  if (code === 'ENOENT') return `${path} does not exist.`;
  if (code === 'EACCES') return `${path} may not be read or written by you.`;
  if (code === 'EEXIST') return `${path} exists already.`;
  return error.message;
}
