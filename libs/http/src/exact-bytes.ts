import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '#lib/problem';

/** The largest body that is read at all: an evidence bundle of a deep chain. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** The largest body in any other media type: a signed note and the proof that comes with it. */
export const NOTE_BYTES_MAX = 68 * 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;
/** RFC 9110 §8.3.1: two tokens, then parameters. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/**
 * Makes the server hand over bodies as the exact bytes that arrived. Fastify's own parsers go:
 * nothing may transform what somebody signed. Which media type a route takes, its parameter says.
 */
export function readExactBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  // Fastify refuses a header that names no media type, also where none is asked for: Go's http.Post
  // sends an empty one. Without it the route decides, as it does for bodies that never had one.
  server.addHook('onRequest', async ({ headers }) => {
    if (!MEDIA_TYPE.test(headers['content-type'] ?? '')) delete headers['content-type'];
  });
  for (const [type, bodyLimit] of [
    ['application/json', BODY_BYTES_MAX],
    ['*', NOTE_BYTES_MAX],
  ] as const)
    server.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
}

/**
 * The request's JSON body as exact bytes (Uint8Array), never parsed before the handler has it. A
 * body over `bytesMax` is `too-large`; none at all is `malformed-json`; one in another media type is
 * `unsupported-media-type`.
 */
export const SignedBody = createParamDecorator(
  (bytesMax: number | undefined, context: ExecutionContext): Uint8Array =>
    exactBytes(context.switchToHttp().getRequest<FastifyRequest>(), bytesMax ?? BODY_BYTES_MAX),
);

/**
 * The body of a C2SP request as bytes, at most `NOTE_BYTES_MAX` of them, empty when there is none.
 * Those specifications name no media type, and their clients send any, or none.
 */
export const NoteBody = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Uint8Array => {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    return body instanceof Uint8Array ? withinLimit(body, NOTE_BYTES_MAX) : new Uint8Array();
  },
);

/** The exact bytes of the request's JSON body; refuses as `SignedBody` does. */
export function exactBytes(request: FastifyRequest, bytesMax: number): Uint8Array {
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length === 0)
    throw refuse('malformed-json', 'The request has no body.');
  if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
    throw refuse('unsupported-media-type', 'The body is not application/json.');
  return withinLimit(body, bytesMax);
}

function withinLimit(body: Uint8Array, bytesMax: number): Uint8Array {
  if (body.length > bytesMax)
    throw refuse('too-large', `The body has ${body.length} bytes; at most ${bytesMax} are read.`);
  return new Uint8Array(body.buffer, body.byteOffset, body.length);
}
