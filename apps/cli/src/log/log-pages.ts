import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import {
  appendLeafHashes,
  hashesEqual,
  leafHash,
  TILE_WIDTH,
  verifyChain,
  type Frontier,
  type Tile,
} from '#lib/tlog';
import type { LogClient } from './log-client.js';
import type { LogProgress } from './log-progress.js';

/** A stretch of a log within one entry bundle, read and found to follow what came before. */
export interface LogPage {
  /** Which bundle, and all its entries that the tree has, those read before included. */
  bundle: number;
  entries: Uint8Array[];
  /** The leaf hashes of the entries that were not read before, and the tree that they grow. */
  leafHashes: Uint8Array[];
  before: Frontier;
  /** The full tiles that this stretch completed, made from its entries and not taken on trust. */
  completed: Tile[];
  progress: LogProgress;
}

/** Bundles that are fetched while one is verified. */
const AHEAD = 4;

/**
 * Reads a log from where one stands to `treeSize`, bundle by bundle: every entry must follow the one
 * before, and its leaf hash grows the tree. Throws `chain-invalid` and whatever makes entries
 * unreadable. Only the signed root proves what was read: compare it at the end.
 */
export async function* readPages(
  client: LogClient,
  start: LogProgress,
  treeSize: number,
): AsyncGenerator<LogPage> {
  let progress = start;
  const ahead: Promise<Uint8Array[]>[] = [];
  const first = Math.floor(start.chain.index / TILE_WIDTH);
  const end = Math.ceil(treeSize / TILE_WIDTH);
  for (let bundle = first; bundle < end; bundle++) {
    for (let next = bundle + ahead.length; next < Math.min(end, bundle + AHEAD); next++)
      ahead.push(fetched(client, next, treeSize));
    const entries = await ahead.shift()!;
    const fresh = freshEntries(progress, bundle, entries);
    const chain = verifyChain(nodeCrypto.sha256, progress.chain, fresh);
    const leafHashes = fresh.map((entry) => leafHash(nodeCrypto.sha256, entry));
    const before = progress.frontier;
    const { frontier, completed } = appendLeafHashes(nodeCrypto.sha256, before, leafHashes);
    progress = { chain, frontier };
    yield { bundle, entries, leafHashes, before, completed, progress };
  }
}

/** The entries that were not read before. Those that were must still be the same. */
function freshEntries({ frontier }: LogProgress, bundle: number, entries: Uint8Array[]) {
  const known = frontier.size - bundle * TILE_WIDTH;
  for (let i = 0; i < known; i++)
    if (!hashesEqual(leafHash(nodeCrypto.sha256, entries[i]!), frontier.edge[0]![i]!))
      throw refuse('chain-invalid', 'An entry that was read before is another now.', undefined, {
        extensions: { index: bundle * TILE_WIDTH + i },
      });
  return entries.slice(known);
}

function fetched(client: LogClient, bundle: number, treeSize: number): Promise<Uint8Array[]> {
  const width = Math.min(TILE_WIDTH, treeSize - bundle * TILE_WIDTH);
  const entries = client.entries(bundle, width);
  // Whoever awaits it hears of the failure; until then it is not an unhandled one.
  entries.catch(() => undefined);
  return entries;
}
