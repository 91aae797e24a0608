import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '#lib/problem';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The largest body that the route reads. */
    bodyBytesMax?: number;
  }
}

/** The largest body that any route reads: an evidence bundle of a deep chain. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** The largest signed note, with the proof that comes with it; and what is read where none is asked for. */
export const NOTE_BYTES_MAX = 68 * 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;
/** RFC 9110 §8.3.1: two tokens, then parameters. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/**
 * Makes the server hand over bodies as the exact bytes that arrived. Fastify's own parsers go:
 * nothing may transform what somebody signed. Which media type a route takes, its parameter says, and
 * how much: a body that is announced as longer is refused before it is read, one that is not announced
 * as soon as it is longer, and the connection is closed.
 */
export function readExactBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  // Fastify refuses a header that names no media type, also where none is asked for: Go's http.Post
  // sends an empty one. Without it the route decides, as it does for bodies that never had one.
  server.addHook('onRequest', async ({ headers }) => {
    if (!MEDIA_TYPE.test(headers['content-type'] ?? '')) delete headers['content-type'];
  });
  server.addHook('onRoute', (route) => {
    const { bodyBytesMax } = route.config ?? {};
    if (bodyBytesMax !== undefined) route.bodyLimit = bodyBytesMax;
  });
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

const signedBody = createParamDecorator((_data: unknown, context: ExecutionContext): Uint8Array =>
  exactBytes(context.switchToHttp().getRequest<FastifyRequest>()),
);

const noteBody = createParamDecorator((_data: unknown, context: ExecutionContext): Uint8Array => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return body instanceof Uint8Array ? viewOf(body) : new Uint8Array();
});

/**
 * The request's JSON body as exact bytes (Uint8Array), never parsed before the handler has it. A
 * body over `bytesMax` is `too-large`; none at all is `malformed-json`; one in another media type is
 * `unsupported-media-type`.
 */
export const SignedBody = (bytesMax = BODY_BYTES_MAX): ParameterDecorator =>
  limitedTo(bytesMax, signedBody());

/**
 * The body of a C2SP request as bytes, at most `NOTE_BYTES_MAX` of them, empty when there is none.
 * Those specifications name no media type, and their clients send any, or none.
 */
export const NoteBody = (): ParameterDecorator => limitedTo(NOTE_BYTES_MAX, noteBody());

/** A parameter that is made of the request's body, of which its route reads so much at most. */
export function limitedTo(bodyBytesMax: number, parameter: ParameterDecorator): ParameterDecorator {
  return (controller, name, position) => {
    const handler = Object.getOwnPropertyDescriptor(controller, name!)!;
    RouteConfig({ bodyBytesMax })(controller, name!, handler);
    parameter(controller, name, position);
  };
}

/** The exact bytes of the request's JSON body; refuses as `SignedBody` does. */
export function exactBytes({ body, headers }: FastifyRequest): Uint8Array {
  if (!(body instanceof Uint8Array) || body.length === 0)
    throw refuse('malformed-json', 'The request has no body.');
  if (!JSON_TYPE.test(headers['content-type'] ?? ''))
    throw refuse('unsupported-media-type', 'The body is not application/json.');
  return viewOf(body);
}

/** Fastify hands over a Buffer, whose methods are not those of a Uint8Array. */
function viewOf({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}
