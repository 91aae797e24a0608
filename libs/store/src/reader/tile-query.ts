import type pg from 'pg';
import {
  HASH_SIZE,
  TILE_WIDTH,
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

/** The inclusion proof of an entry in the tree of `treeSize`, by one query. */
export async function readInclusionProof(
  log: LogName,
  client: pg.Pool | pg.ClientBase,
  index: number,
  treeSize: number,
): Promise<Uint8Array[]> {
  const tiles = await readTiles(log, client, inclusionTiles(index, treeSize));
  return buildInclusionProof(log.crypto.sha256, index, treeSize, tiles);
}

/** The consistency proof between two sizes, by one query. */
export async function readConsistencyProof(
  log: LogName,
  client: pg.Pool | pg.ClientBase,
  oldSize: number,
  newSize: number,
): Promise<Uint8Array[]> {
  const tiles = await readTiles(log, client, consistencyTiles(oldSize, newSize));
  return buildConsistencyProof(log.crypto.sha256, oldSize, newSize, tiles);
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

/** The full tiles that are wanted, and the head's edge; named, so that a connection plans it once. */
const TILES = `SELECT t.level, t.index, t.hashes
    FROM unnest($2::int[], $3::bigint[]) AS wanted(level, index)
    JOIN tile t ON t.origin = $1 AND t.level = wanted.level AND t.index = wanted.index
  UNION ALL
  SELECT -1, size, edge FROM log_head WHERE origin = $1`;

/**
 * Reads tiles by one query: full ones from their rows, partial ones from the head's edge, which
 * holds at least as much of them. A tile that should be there and is not is a fault when it is used.
 */
export async function readTiles(
  { origin }: Pick<Log, 'origin'>,
  client: pg.Pool | pg.ClientBase,
  tiles: readonly TileSpan[],
): Promise<TileReader> {
  const { rows } = await client.query<{ level: number; index: string; hashes: Buffer }>({
    name: 'log tiles',
    text: TILES,
    values: [origin, tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
  });
  const found = new Map<string, Uint8Array>();
  for (const { level, index, hashes } of rows) {
    if (level >= 0) found.set(`${level}/${index}`, hashes);
    else addEdge(found, Number(index), hashes);
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
