import { canonicalBytes, parseJson, toHex } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import {
  buildInclusionProof,
  EMPTY_FRONTIER,
  formatFrontier,
  frontierRoot,
  hashesEqual,
  inclusionTiles,
  isOrigin,
  leafHash,
  NO_PREVIOUS,
  parseEntry,
  parseFrontier,
  partialTileWidth,
  TILE_WIDTH,
  tileWidth,
  verifyInclusion,
  type ChainStart,
  type Checkpoint,
  type Frontier,
  type TileSpan,
} from '#lib/tlog';
import type { LogClient } from './log-client.js';

/** How far a log has been read and found whole: what is needed to go on from there. */
export interface LogProgress {
  /** What the next entry must follow. */
  chain: ChainStart;
  /** The right edge of the tree over all entries read so far. */
  frontier: Frontier;
}

/** Before the first entry of a log. */
export function noProgress(origin: string): LogProgress {
  return { chain: { origin, index: 0, previous: NO_PREVIOUS }, frontier: EMPTY_FRONTIER };
}

/**
 * Where a reader stands that trusts a checkpoint: the edge of its tree from the log's own tiles,
 * which must hash to the checkpoint's root, and the last entry. Thus it also proves that the log
 * still holds that tree. Throws `consistency-invalid`, `inclusion-invalid`, or what the client throws.
 */
export async function progressAt(client: LogClient, checkpoint: Checkpoint): Promise<LogProgress> {
  const { origin, treeSize, rootHash } = checkpoint;
  if (treeSize === 0) return noProgress(origin);
  const edge = await Promise.all(edgeTiles(treeSize).map((tile) => client.tile(tile)));
  const frontier = parseFrontier(nodeCrypto.sha256, treeSize, Buffer.concat(edge));
  if (!hashesEqual(frontierRoot(nodeCrypto.sha256, frontier), rootHash))
    throw refuse(
      'consistency-invalid',
      `The log no longer holds the tree of ${treeSize} entries that it signed before.`,
    );
  const { entry, leaf } = await provenEntry(client, checkpoint, treeSize - 1);
  const { recordedAt } = parseEntry(entry);
  return { chain: { origin, index: treeSize, previous: toHex(leaf), recordedAt }, frontier };
}

/** An entry, proved to be in the tree of a checkpoint; throws `inclusion-invalid` or as the client does. */
export async function provenEntry(
  client: LogClient,
  { treeSize, rootHash }: Checkpoint,
  index: number,
): Promise<{ entry: Uint8Array; leaf: Uint8Array }> {
  const bundle = Math.floor(index / TILE_WIDTH);
  const entries = await client.entries(bundle, tileWidth({ level: 0, index: bundle }, treeSize));
  const tiles = await client.tiles(inclusionTiles(index, treeSize));
  const entry = entries[index % TILE_WIDTH]!;
  const leaf = leafHash(nodeCrypto.sha256, entry);
  const proof = buildInclusionProof(nodeCrypto.sha256, index, treeSize, tiles);
  verifyInclusion(nodeCrypto.sha256, { index, treeSize, leafHash: leaf, rootHash, proof });
  return { entry, leaf };
}

/** The partial tiles of a tree, lowest level first: its edge (`formatFrontier`). */
function edgeTiles(treeSize: number): TileSpan[] {
  const tiles: TileSpan[] = [];
  for (let level = 0; TILE_WIDTH ** level <= treeSize; level++) {
    const width = partialTileWidth(level, treeSize);
    const index = Math.floor(treeSize / TILE_WIDTH ** (level + 1));
    if (width > 0) tiles.push({ level, index, width });
  }
  return tiles;
}

/** Progress as the bytes of a file. */
export function formatProgress({ chain, frontier }: LogProgress): Uint8Array {
  return canonicalBytes({ ...chain, edge: toHex(formatFrontier(frontier)) });
}

/** Progress from a file that this program wrote; `malformed-json` when it is something else. */
export function parseProgress(bytes: Uint8Array): LogProgress {
  const { edge, ...chain } = parseJson(bytes) as unknown as ChainStart & { edge: string };
  const hex = /^([0-9a-f]{2})*$/;
  if (
    typeof chain.origin !== 'string' ||
    !isOrigin(chain.origin) ||
    !Number.isSafeInteger(chain.index) ||
    chain.index < 0 ||
    !hex.test(chain.previous) ||
    !hex.test(edge)
  )
    throw noProgressIn();
  return { chain, frontier: edgeOf(chain.index, edge) };
}

/** The edge of a tree of that size; a file may name any bytes. */
function edgeOf(size: number, edge: string): Frontier {
  try {
    return parseFrontier(nodeCrypto.sha256, size, Buffer.from(edge, 'hex'));
  } catch {
    throw noProgressIn();
  }
}

const noProgressIn = () =>
  refuse('malformed-json', 'The file does not hold the progress of an audit.');
