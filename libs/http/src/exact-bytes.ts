import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '#lib/problem';

/** The largest body that is read at all: an evidence bundle of a deep chain. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Makes the server hand over `application/json` bodies as the exact bytes that arrived and refuse
 * every other media type. Fastify's own parsers go: nothing may transform what somebody signed.
 */
export function readExactBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );
}

/**
 * The request's body as exact bytes (Uint8Array), never parsed before the handler has it. A body
 * over `bytesMax` is `too-large`; none at all is `malformed-json`.
 */
export const SignedBody = createParamDecorator(
  (bytesMax: number | undefined, context: ExecutionContext): Uint8Array =>
    exactBytes(context.switchToHttp().getRequest<FastifyRequest>(), bytesMax ?? BODY_BYTES_MAX),
);

/** The exact bytes of the request's body; refuses as `SignedBody` does. */
export function exactBytes(request: FastifyRequest, bytesMax: number): Uint8Array {
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length === 0)
    throw refuse('malformed-json', 'The request has no body.');
  if (body.length > bytesMax)
    throw refuse('too-large', `The body has ${body.length} bytes; at most ${bytesMax} are read.`);
  return new Uint8Array(body.buffer, body.byteOffset, body.length);
}
