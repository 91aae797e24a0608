import type pg from 'pg';
import {
  appendLeafHashes,
  EMPTY_FRONTIER,
  formatTile,
  frontierRoot,
  HASH_SIZE,
  parseTile,
  partialTileWidth,
  TILE_WIDTH,
} from '#lib/tlog';
import type { Log } from './ledger.js';
import { LedgerReader } from './reader/ledger-reader.js';
import { readTiles } from './reader/tile-query.js';
import { headOf, selectHead, type LogHead } from './sequencer/log-head.js';

/**
 * Whether an opened log can be built upon: its right edge, made again from tiles and leaf hashes, is
 * the one that its head holds, and the statements of its last tile, hashed again from their bytes,
 * are its last leaves. Gives what does not hold, in words for the operator, or undefined. It reads
 * little whatever the size of the log; `auditLedger` reads everything.
 */
export async function examineLog(pool: pg.Pool, log: Log): Promise<string | undefined> {
  const head = headOf((await pool.query(selectHead(log.origin))).rows[0]);
  if (head.size === 0) return undefined;
  return (
    (await findLostLeaves(pool, log, head)) ??
    (await findLostEdge(pool, log, head)) ??
    (await findLostBodies(pool, log, head))
  );
}

/** The last tile of leaves: full in its row, or partial in the edge of the head. */
async function findLostLeaves(pool: pg.Pool, log: Log, head: LogHead): Promise<string | undefined> {
  const index = Math.floor((head.size - 1) / TILE_WIDTH);
  const span = { level: 0, index, width: head.size - index * TILE_WIDTH };
  const { rows } = await pool.query<{ leaf_hash: Buffer }>(
    'SELECT leaf_hash FROM entry WHERE origin = $1 AND index >= $2 AND index < $3 ORDER BY index',
    [log.origin, index * TILE_WIDTH, head.size],
  );
  const leaves = formatTile(rows.map(({ leaf_hash }) => leaf_hash));
  const stored = (await readTiles(log, pool, [span]))(span);
  if (Buffer.compare(leaves, stored) === 0) return undefined;
  return `The last entries, from ${index * TILE_WIDTH}, are not the leaves of the tree.`;
}

/** Every partial tile above the leaves: each of its hashes is the root of a full tile below. */
async function findLostEdge(pool: pg.Pool, log: Log, head: LogHead): Promise<string | undefined> {
  let offset = partialTileWidth(0, head.size);
  for (let level = 1; TILE_WIDTH ** level <= head.size; level++) {
    const width = partialTileWidth(level, head.size);
    const first = Math.floor(head.size / TILE_WIDTH ** (level + 1)) * TILE_WIDTH;
    const { rows } = await pool.query<{ hashes: Buffer }>(
      `SELECT hashes FROM tile WHERE origin = $1 AND level = $2 AND index >= $3 AND index < $4
       ORDER BY index`,
      [log.origin, level - 1, first, first + width],
    );
    const roots = rows.map(({ hashes }) => tileRoot(log, hashes));
    const edge = head.edge.subarray(offset * HASH_SIZE, (offset + width) * HASH_SIZE);
    if (rows.length !== width || Buffer.compare(formatTile(roots), edge) !== 0)
      return `The tiles of level ${level - 1} do not lead to the edge of the tree.`;
    offset += width;
  }
  return undefined;
}

async function findLostBodies(pool: pg.Pool, log: Log, head: LogHead): Promise<string | undefined> {
  const faults: string[] = [];
  const reader = new LedgerReader(pool, log, ({ message }) => void faults.push(message));
  const first = Math.floor((head.size - 1) / TILE_WIDTH) * TILE_WIDTH;
  const indexes = Array.from({ length: head.size - first }, (_, i) => first + i);
  try {
    const statements = await reader.statementsAt(indexes);
    if (statements.length === indexes.length) return undefined;
    return `Of the last ${indexes.length} statements ${indexes.length - statements.length} are missing.`;
  } catch (error) {
    // What the reader could not prove it has told; anything else is trouble of the database.
    if (faults[0] === undefined) throw error;
    return `${faults[0]}.`;
  }
}

function tileRoot({ crypto }: Log, hashes: Uint8Array): Uint8Array {
  const { frontier } = appendLeafHashes(crypto.sha256, EMPTY_FRONTIER, parseTile(hashes));
  return frontierRoot(crypto.sha256, frontier);
}
