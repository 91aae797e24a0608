import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { NOTE_BYTES_MAX, readExactBytes } from './exact-bytes.js';
import { limitLargeBodies } from './large-bodies.js';
import { keepLastWords } from './last-words.js';
import { answerProblem } from './problem-filter.js';
import { keepRouteTable } from './route-table.js';

/** Identifiers are DIDs in percent-encoding, far longer than the router's usual 100 characters. */
const PATH_PARAMETER_MAX = 1000;
/** How long a request may take to arrive: the largest body, over a line of 2 Mbit/s. */
const REQUEST_TIMEOUT_MS = 120_000;

/**
 * The Fastify server as this house wants it: exact bytes, request ids that clients cannot choose,
 * problem documents also for what the router itself refuses. Create the Nest application with
 * `bodyParser: false`, or Nest adds parsers of its own.
 */
export function httpServer(logger: FastifyBaseLogger): FastifyAdapter {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    bodyLimit: NOTE_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(error, request, reply),
  });
  const server = adapter.getInstance();
  keepRouteTable(server);
  readExactBytes(server);
  limitLargeBodies(server);
  keepLastWords(server);
  server.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  });
  return adapter;
}

/** Nest's own messages, on the same log as the requests. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: FastifyBaseLogger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.logger.info({ context }, String(message));
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...context: unknown[]): void {
    this.logger.error({ context }, String(message));
  }

  debug(message: unknown, ...context: unknown[]): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, ...context: unknown[]): void {
    this.logger.trace({ context }, String(message));
  }
}
