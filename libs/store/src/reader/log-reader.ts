import type pg from 'pg';
import { refuse } from '#lib/problem';
import {
  type Checkpoint,
  TILE_WIDTH,
  type TileId,
  TileMemory,
  type TileSpan,
  formatEntry,
  formatEntryBundle,
  hashesEqual,
  leafHash,
  openCheckpoint,
  tileWidth,
} from '#lib/tlog';
import { readProven } from '../database-failure.js';
import type { FaultListener, Log, Receipt } from '../ledger.js';
import { provenReceipt } from '../sequencer/batch-receipts.js';
import { type EntryRow, NO_LEAF_HASH, entryOf } from './entry-row.js';
import { readConsistencyProof, readInclusionProof, readRootHash, readTiles } from './tile-query.js';

/** A checkpoint whose signature by our own key has been verified. */
interface VerifiedCheckpoint {
  note: string;
  checkpoint: Checkpoint;
}

/** A tree for which a checkpoint of this log was signed. */
export interface SignedTree {
  treeSize: number;
  /** 32 bytes. */
  rootHash: Uint8Array;
}

/** How a log stands: what its newest checkpoint says, and which log succeeds it, if one does. */
export interface LogStanding extends SignedTree {
  /** Null while the log grows; otherwise it is frozen. */
  successor: string | null;
}

/** Some of the checkpoints that a log ever signed. */
export interface CheckpointPage {
  /** Signed notes, verbatim. */
  notes: string[];
  /** The tree size at which the next page begins; null when this is the last. */
  next: number | null;
}

/** Notes in one page: to verify them must not keep other readers waiting. */
const CHECKPOINT_PAGE = 64;

/** Tiles whose nodes a reader keeps, in 4 MiB: those above 16 million entries. */
const TILES_KEPT = 256;

/** The public face of a log: checkpoints, entries, tiles and proofs, each checked as it is read. */
export class LogReader {
  #opened: VerifiedCheckpoint | undefined;
  readonly #tiles = new TileMemory(TILES_KEPT);

  constructor(
    private readonly pool: pg.Pool,
    private readonly log: Log,
    private readonly onFault: FaultListener,
  ) {}

  /** The newest checkpoint, as a signed note. */
  checkpoint(): Promise<string> {
    return readProven(this.onFault, async () => (await this.#openHead()).note);
  }

  /** How many entries the newest checkpoint covers. */
  treeSize(): Promise<number> {
    return readProven(this.onFault, async () => (await this.#openHead()).checkpoint.treeSize);
  }

  /** The database's clock, by which entries are recorded. */
  clock(): Promise<Date> {
    return readProven(this.onFault, async () => {
      const { rows } = await this.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      return rows[0]!.now;
    });
  }

  /** How the log stands, by one query. */
  standing(): Promise<LogStanding> {
    return readProven(this.onFault, async () => {
      const { checkpoint, successor } = await this.#openHead();
      const { treeSize, rootHash } = checkpoint;
      return { treeSize, rootHash, successor };
    });
  }

  /** By how many milliseconds the last entry was recorded after what the database's clock says now. */
  async clockBehindMs(): Promise<number> {
    const { rows } = await this.pool.query<{ behind: string }>(
      `SELECT extract(epoch FROM recorded_at - clock_timestamp()) * 1000 AS behind
       FROM log_head WHERE origin = $1`,
      [this.log.origin],
    );
    return Math.max(0, Math.ceil(Number(rows[0]?.behind ?? 0)));
  }

  /** The checkpoint that was signed at that size; `not-found` when no batch ended there. */
  checkpointAt(size: number): Promise<string> {
    return readProven(this.onFault, async () => (await this.#openAt('size = $2', size)).note);
  }

  /** Checkpoints that were signed, for trees of `from` entries and more, the smallest first. */
  checkpoints(from: number, limit = CHECKPOINT_PAGE): Promise<CheckpointPage> {
    return readProven(this.onFault, async () => {
      const { rows } = await this.pool.query<{ size: string; note: string }>(
        'SELECT size, note FROM checkpoint WHERE origin = $1 AND size >= $2 ORDER BY size LIMIT $3',
        [this.log.origin, from, limit + 1],
      );
      const page = rows.slice(0, limit);
      for (const { note } of page) await this.#open(note);
      const next = rows[limit] ? Number(rows[limit].size) : null;
      return { notes: page.map(({ note }) => note), next };
    });
  }

  /** The exact bytes of an entry; `not-found` beyond the end. */
  entry(index: number): Promise<Uint8Array> {
    return readProven(this.onFault, async () => {
      const [entry] = await this.#entries(index, 1);
      if (entry) return entry;
      // That an entry is gone must not look as if it had never been.
      if (index < (await this.#openHead()).checkpoint.treeSize) throw this.#lost(index);
      throw refuse('not-found', `The log has no entry ${index}.`);
    });
  }

  /** The bytes of the bundle beside tile (0, index): `width` entries, or all there are. */
  entryBundle(index: number, width?: number): Promise<Uint8Array> {
    return readProven(this.onFault, async () => {
      const span = await this.#span({ level: 0, index }, width);
      const entries = await this.#entries(index * TILE_WIDTH, span.width);
      if (entries.length < span.width) throw this.#lost(index * TILE_WIDTH + entries.length);
      return formatEntryBundle(entries);
    });
  }

  /** The bytes of a tile: `width` hashes, or all there are. */
  tile(level: number, index: number, width?: number): Promise<Uint8Array> {
    return readProven(this.onFault, async () => {
      const span = await this.#span({ level, index }, width);
      return (await readTiles(this.log, this.pool, [span]))(span);
    });
  }

  /** RFC 6962 §2.1.1, in the tree of `treeSize`; the newest when it is left out. */
  inclusionProof(index: number, treeSize?: number): Promise<Uint8Array[]> {
    return readProven(this.onFault, async () =>
      this.#inclusionProof(index, await this.#sizeWithin(treeSize)),
    );
  }

  /** RFC 6962 §2.1.2, to the tree of `newSize`; the newest when it is left out. */
  consistencyProof(oldSize: number, newSize?: number): Promise<Uint8Array[]> {
    return readProven(this.onFault, async () => {
      const size = await this.#sizeWithin(newSize);
      return readConsistencyProof(this.log, this.pool, oldSize, size, this.#tiles);
    });
  }

  /** MTH(D[0:treeSize]) of RFC 6962 §2.1 as the stored tiles have it: what we should have signed. */
  rootHash(treeSize: number): Promise<Uint8Array> {
    return readProven(this.onFault, async () =>
      readRootHash(this.log, this.pool, await this.#sizeWithin(treeSize)),
    );
  }

  /**
   * The receipt of an entry: always the same one, by the first checkpoint that covered it. With
   * `treeSize`, one by the checkpoint that was signed at that size. `not-found` without either.
   */
  receipt(index: number, treeSize?: number): Promise<Receipt> {
    return readProven(this.onFault, async () => {
      const entry = await this.entry(index);
      const { note, checkpoint } =
        treeSize === undefined
          ? await this.#openAt('size > $2 ORDER BY size LIMIT 1', index)
          : await this.#openAt('size = $2', treeSize);
      const size = checkpoint.treeSize;
      const hashes = await this.#inclusionProof(index, size);
      const proof = { index, hashes, checkpoint: note };
      return provenReceipt(this.log, entry, proof, size, checkpoint.rootHash);
    });
  }

  #inclusionProof(index: number, treeSize: number): Promise<Uint8Array[]> {
    return readInclusionProof(this.log, this.pool, index, treeSize, this.#tiles);
  }

  /** Entries written again from their rows, each upon the one before, with their leaf hashes checked. */
  async #entries(first: number, count: number): Promise<Uint8Array[]> {
    if (!Number.isSafeInteger(first) || first < 0)
      throw refuse('invalid-log-path', `${first} is not the index of an entry.`);
    const { rows } = await this.pool.query<EntryRow>(
      `SELECT index, leaf_hash, digest, recorded_at FROM entry
       WHERE origin = $1 AND index BETWEEN $2 AND $3 ORDER BY index`,
      [this.log.origin, first - 1, first + count - 1],
    );
    let previous: Uint8Array = NO_LEAF_HASH;
    if (first > 0) previous = rows.shift()?.leaf_hash ?? NO_LEAF_HASH;
    return rows.map((row) => {
      const bytes = formatEntry(entryOf(this.log.origin, row, previous));
      if (!hashesEqual(leafHash(this.log.crypto.sha256, bytes), row.leaf_hash))
        throw new Error(`Entry ${row.index} of ${this.log.origin} has lost its leaf hash`);
      previous = row.leaf_hash;
      return bytes;
    });
  }

  #lost(index: number): Error {
    return new Error(`Entry ${index} of ${this.log.origin} is gone`);
  }

  /** A tile as it is in the newest tree, or narrower when asked; `not-found` when it is not there. */
  async #span(tile: TileId, width?: number): Promise<TileSpan> {
    const { checkpoint } = await this.#openHead();
    const available = tileWidth(tile, checkpoint.treeSize);
    const wanted = width ?? available;
    if (wanted < 1 || wanted > available)
      throw refuse('not-found', `Tile ${tile.level}/${tile.index} has ${available} hashes now.`);
    return { ...tile, width: wanted };
  }

  /** A tree that was signed once is there for good: it needs no look at the head. */
  async #sizeWithin(size?: number): Promise<number> {
    if (size !== undefined && this.#opened && size <= this.#opened.checkpoint.treeSize) return size;
    const { treeSize } = (await this.#openHead()).checkpoint;
    if (size !== undefined && size > treeSize)
      throw refuse('not-found', `The log has ${treeSize} entries, not ${size}.`);
    return size ?? treeSize;
  }

  async #openHead(): Promise<VerifiedCheckpoint & Pick<LogStanding, 'successor'>> {
    const { rows } = await this.pool.query<{ note: string; successor: string | null }>(
      'SELECT checkpoint AS note, successor FROM log_head WHERE origin = $1',
      [this.log.origin],
    );
    const opened = await this.#open(rows[0]?.note);
    return { ...opened, successor: rows[0]!.successor };
  }

  async #openAt(where: string, size: number): Promise<VerifiedCheckpoint> {
    const { rows } = await this.pool.query<{ note: string }>(
      `SELECT note FROM checkpoint WHERE origin = $1 AND ${where}`,
      [this.log.origin, size],
    );
    return this.#open(rows[0]?.note);
  }

  /** Opens a checkpoint of ours; the same note is verified once while it is in use. */
  async #open(note: string | undefined): Promise<VerifiedCheckpoint> {
    if (note === undefined) throw refuse('not-found', 'The log has no such checkpoint.');
    if (this.#opened?.note === note) return this.#opened;
    const { checkpoint } = await openCheckpoint(this.log.crypto, note, this.log.keys);
    if (checkpoint.origin !== this.log.origin)
      throw new Error(`A checkpoint of ${this.log.origin} is of ${checkpoint.origin}`);
    return (this.#opened = { note, checkpoint });
  }
}
