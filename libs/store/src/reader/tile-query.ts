import type pg from 'pg';
import {
  HASH_SIZE,
  TILE_WIDTH,
  type TileMemory,
  type TileReader,
  type TileSpan,
  buildConsistencyProof,
  buildInclusionProof,
  buildRootHash,
  consistencyTiles,
  inclusionTiles,
  partialTileWidth,
  rootTiles,
} from '#lib/tlog';
import type { Log } from '../ledger.js';

type LogName = Pick<Log, 'origin' | 'crypto'>;

/**
 * The inclusion proof of an entry in the tree of `treeSize`, by one query. With a memory of the log's
 * tiles, what it shares with earlier proofs is not hashed again.
 */
export async function readInclusionProof(
  log: LogName,
  client: pg.Pool | pg.ClientBase,
  index: number,
  treeSize: number,
  memory?: TileMemory,
): Promise<Uint8Array[]> {
  const tiles = await readTiles(log, client, inclusionTiles(index, treeSize));
  return buildInclusionProof(log.crypto.sha256, index, treeSize, tiles, memory);
}

/** The consistency proof between two sizes, by one query; `memory` as for an inclusion proof. */
export async function readConsistencyProof(
  log: LogName,
  client: pg.Pool | pg.ClientBase,
  oldSize: number,
  newSize: number,
  memory?: TileMemory,
): Promise<Uint8Array[]> {
  const tiles = await readTiles(log, client, consistencyTiles(oldSize, newSize));
  return buildConsistencyProof(log.crypto.sha256, oldSize, newSize, tiles, memory);
}

/** The root hash of the tree of `treeSize`, by one query. */
export async function readRootHash(
  log: LogName,
  client: pg.Pool | pg.ClientBase,
  treeSize: number,
): Promise<Uint8Array> {
  const tiles = await readTiles(log, client, rootTiles(treeSize));
  return buildRootHash(log.crypto.sha256, treeSize, tiles);
}

/**
 * The full tiles that are wanted, null where there is none, and the head's edge. Named, so that a
 * connection plans it once: the lengths of the arrays stand behind sub-selects, because a plan made
 * for lengths that it sees looks cheaper than one for any, and PostgreSQL would then plan each time.
 * Each tile is looked up by itself, so that no table is read whole. In base64, because PostgreSQL's
 * own hexadecimal is half as long again, and eight times as slow to read.
 */
const TILES = `SELECT wanted.level, wanted.index, (
      SELECT encode(hashes, 'base64') FROM tile t
      WHERE t.origin = $1 AND t.level = wanted.level AND t.index = wanted.index) AS hashes
    FROM unnest((SELECT $2::int[]), (SELECT $3::bigint[])) AS wanted(level, index)
  UNION ALL
  SELECT -1, size, encode(edge, 'base64') FROM log_head WHERE origin = $1`;

/**
 * Reads tiles by one query: full ones from their rows, partial ones from the head's edge, which
 * holds at least as much of them. A tile that should be there and is not is a fault when it is used.
 */
export async function readTiles(
  { origin }: Pick<Log, 'origin'>,
  client: pg.Pool | pg.ClientBase,
  tiles: readonly TileSpan[],
): Promise<TileReader> {
  const { rows } = await client.query<{ level: number; index: string; hashes: string | null }>({
    name: 'log tiles',
    text: TILES,
    values: [origin, tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
  });
  const found = new Map<string, Uint8Array>();
  for (const { level, index, hashes } of rows) {
    if (hashes === null) continue;
    const bytes = Buffer.from(hashes, 'base64');
    if (level >= 0) found.set(`${level}/${index}`, bytes);
    else addEdge(found, Number(index), bytes);
  }
  return ({ level, index, width }) => {
    const bytes = found.get(`${level}/${index}`);
    if (!bytes || bytes.length < width * HASH_SIZE)
      throw new Error(`Tile ${level}/${index} of ${origin} is missing or too narrow`);
    return bytes.subarray(0, width * HASH_SIZE);
  };
}

/** The partial tiles in an edge (`formatFrontier`): hashes of the lowest level first. */
function addEdge(found: Map<string, Uint8Array>, size: number, edge: Uint8Array): void {
  let offset = 0;
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    const end = offset + partialTileWidth(level, size) * HASH_SIZE;
    const index = Math.floor(size / TILE_WIDTH ** (level + 1));
    if (end > offset) found.set(`${level}/${index}`, edge.subarray(offset, end));
    offset = end;
  }
}
