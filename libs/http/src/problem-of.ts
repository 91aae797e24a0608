import { HttpException } from '@nestjs/common';
import { Problem, refuse } from '#lib/problem';

/** The seconds a client waits before it sends again, when nothing better is known. */
const RETRY_AFTER_SECONDS = 1;

/**
 * The Problem to answer for whatever was thrown: a refusal as it is, what Fastify and Nest refuse
 * by themselves under our own names, and `internal` for every fault, whose message stays here. `limit`
 * is how many bytes of a body were to be read.
 */
export function problemOf(error: unknown, limit: number): Problem {
  if (error instanceof Problem) return error;
  const { status, message } = refusalByFramework(error);
  switch (status) {
    case 404:
      return refuse('not-found', 'This registry has no such path.', undefined, {
        remedy: 'See GET /openapi.json for every path.',
      });
    case 405:
      return refuse('method-not-allowed', message);
    case 413:
      return refuse('too-large', `At most ${limit} bytes of a body are read here.`, undefined, {
        extensions: { limit },
      });
    case 415:
      return refuse('unsupported-media-type', 'The body is not application/json.');
    case 503:
      return refuse('overloaded', 'The registry is stopping; another process takes over.');
    default:
      if (status >= 400 && status < 500) return refuse('invalid-request', message);
      return refuse('internal', 'The registry failed at this request; nothing was recorded.');
  }
}

/** The value of Retry-After (RFC 9110 §10.2.3), for the answers that ask to come back. */
export function retryAfterSeconds(problem: Problem): number | undefined {
  if (problem.status !== 503 && problem.status !== 429) return undefined;
  const asked = problem.details.extensions?.['retryAfterSeconds'];
  return typeof asked === 'number' ? Math.max(1, Math.ceil(asked)) : RETRY_AFTER_SECONDS;
}

/** Fastify's errors carry `statusCode`, Nest's `getStatus()`; all else is a fault. */
function refusalByFramework(error: unknown): { status: number; message: string } {
  if (!(error instanceof Error)) return { status: 500, message: '' };
  if (error instanceof HttpException) return { status: error.getStatus(), message: error.message };
  const { statusCode } = error as Error & { statusCode?: unknown };
  return { status: typeof statusCode === 'number' ? statusCode : 500, message: error.message };
}
