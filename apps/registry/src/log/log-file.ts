import type { LogReader } from '#lib/store';
import { parseTilePath } from '#lib/tlog';

/**
 * The bytes at `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`. Throws `invalid-log-path`, and
 * `not-found` for what the tree does not hold yet.
 */
export function readTile(log: LogReader, path: string): Promise<Uint8Array> {
  const { level, index, width } = parseTilePath(path);
  return level === 'entries' ? log.entryBundle(index, width) : log.tile(level, index, width);
}

/** The bytes of any file of the log's static layout: `checkpoint`, or a tile. Throws as above. */
export async function readLogFile(log: LogReader, path: string): Promise<Uint8Array> {
  if (path === 'checkpoint') return new TextEncoder().encode(await log.checkpoint());
  return readTile(log, path);
}
