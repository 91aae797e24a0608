import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '#lib/problem';

/** What is not longer is read without being counted: no statement is. */
const LARGE_BYTES = 2 * 1024 * 1024;
/** Larger bodies that one process holds at the same time, from their first byte to their answer. */
const LARGE_AT_ONCE = 8;

/**
 * Keeps large bodies that arrive slowly, or never whole, from filling the memory: more than so many
 * at once are refused by `rate-limited` before they are read. One that does not say how long it is
 * may be large where the route reads large ones.
 */
export function limitLargeBodies(server: FastifyInstance): void {
  let held = 0;
  server.addHook('onRequest', (request, reply, done) => {
    if (!mayBeLarge(request)) return done();
    if (held >= LARGE_AT_ONCE) {
      // What of the body is on its way already is no request.
      void reply.header('connection', 'close');
      return done(tooMany());
    }
    held++;
    reply.raw.once('close', () => held--);
    done();
  });
}

function mayBeLarge({ headers, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.bodyLimit <= LARGE_BYTES) return false;
  if (headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length']) > LARGE_BYTES;
}

function tooMany() {
  return refuse(
    'rate-limited',
    `${LARGE_AT_ONCE} large bodies are being read already.`,
    undefined,
    {
      extensions: { retryAfterSeconds: 2 },
    },
  );
}
