import { Transform, type Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { refuse } from '#lib/problem';

/** Where bodies are not larger they are not counted: no statement is. */
const LARGE_BYTES = 2 * 1024 * 1024;
/** What one process holds of large bodies, each from its first byte to its answer: eight whole ones. */
const HELD_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Keeps large bodies that arrive slowly, or never whole, from filling the memory: what would take more
 * of it is refused by `rate-limited`. What was only announced takes nothing.
 */
export function limitLargeBodies(server: FastifyInstance): void {
  let held = 0;
  server.addHook('preParsing', (request, reply, payload, done) => {
    if (request.routeOptions.bodyLimit <= LARGE_BYTES) return done(null, payload);
    let own = 0;
    reply.raw.once('close', () => (held -= own));
    const hold = (bytes: number): boolean => {
      if (held + bytes > HELD_BYTES_MAX) return false;
      own += bytes;
      held += bytes;
      return true;
    };
    done(null, counted(payload as Readable, hold));
  });
}

/** The same bytes, as long as each piece of them may be held. */
function counted(body: Readable, hold: (bytes: number) => boolean): Readable {
  const passage = new Transform({
    transform: (piece: Uint8Array, _encoding, next) =>
      hold(piece.length) ? next(null, piece) : next(tooMany()),
  });
  body.once('error', (fault) => passage.destroy(fault));
  return body.pipe(passage);
}

function tooMany() {
  const detail = `The large bodies that are being read have ${HELD_BYTES_MAX} bytes already.`;
  return refuse('rate-limited', detail, undefined, { extensions: { retryAfterSeconds: 2 } });
}
