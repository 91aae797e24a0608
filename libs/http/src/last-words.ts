import type { FastifyInstance } from 'fastify';

/** How long what a refused client still sends is thrown away, so that it comes to read its answer. */
const LINGER_MS = 5_000;

/**
 * Lets a client that is refused in the middle of its body have the answer. A connection that is closed
 * while more comes in is reset, and what was not read yet is lost to the client with it: so our side
 * ends first, and the connection is closed when the client has, or after some seconds (RFC 9112 §9.6).
 */
export function keepLastWords(server: FastifyInstance): void {
  server.addHook('onSend', async ({ raw }, reply) => {
    const { socket } = raw;
    if (raw.complete || reply.getHeader('connection') !== 'close') return;
    const close = () => socket.destroy();
    // Node calls this when the answer is written, and would close both sides.
    socket.destroySoon = () => {
      const late = setTimeout(close, LINGER_MS);
      socket.once('end', close).once('close', () => clearTimeout(late));
      raw.once('end', () => (socket.writableFinished ? close() : socket.once('finish', close)));
      raw.unpipe().resume();
      socket.end();
    };
  });
}
