import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, refuse } from '#lib/problem';
import { problemOf, retryAfterSeconds } from './problem-of.js';
import { allowedMethods } from './route-table.js';

/** The media type of every refusal (RFC 9457 §3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/**
 * Answers every refusal and every fault as a problem document (RFC 9457), with Retry-After where
 * coming back helps. Faults are logged with their stack under the request's id, which the answer
 * names as `instance`; the answer itself never carries a stack.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Writes the problem document for `error` as the reply to `request`. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const found = problemOf(error, request.routeOptions.bodyLimit);
  const methods = found.problem === 'not-found' ? allowedMethods(request) : [];
  const problem = isOtherMethod(request, methods) ? methodNotAllowed(request, methods) : found;
  if (problem.status >= 500) logFault(error, problem, request);
  const wait = retryAfterSeconds(problem);
  if (wait !== undefined) void reply.header('retry-after', String(wait));
  if (problem.problem === 'method-not-allowed') void reply.header('allow', methods.join(', '));
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  const document = { ...problem.toJSON(), instance: `urn:uuid:${request.id}` };
  void reply
    .code(problem.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(document));
}

/** Whether the path exists, only under other methods than the one that was asked. */
function isOtherMethod(request: FastifyRequest, methods: readonly string[]): boolean {
  return methods.length > 0 && !methods.includes(request.method);
}

function methodNotAllowed(request: FastifyRequest, methods: readonly string[]): Problem {
  return refuse('method-not-allowed', `${request.method} is not one of ${methods.join(', ')}.`);
}

/** A 503 is the surroundings' doing and ordinary; a 500 is ours, and its stack is wanted. */
function logFault(error: unknown, problem: Problem, request: FastifyRequest): void {
  if (problem.problem === 'internal') request.log.error(error, 'fault');
  else request.log.warn({ problem: problem.problem }, problem.message);
}
