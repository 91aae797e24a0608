import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import {
  formatTilePath,
  HASH_SIZE,
  openCheckpoint,
  parseEntryBundle,
  TILE_WIDTH,
  type Checkpoint,
  type TilePath,
  type TileReader,
  type TileSpan,
  type VerifierKey,
} from '#lib/tlog';
import type { LogSource } from './log-source.js';

/** A checkpoint that the log's key has signed, and the note that says so. */
export interface SignedCheckpoint extends Checkpoint {
  /** The signed note verbatim: what to keep as evidence. */
  note: string;
}

/** One log by its static files, whoever serves them; nothing but the log's key is trusted. */
export class LogClient {
  constructor(
    readonly source: LogSource,
    readonly keys: readonly VerifierKey[],
  ) {}

  /** The same log for whoever believes these keys of it as well. */
  believing(keys: readonly VerifierKey[]): LogClient {
    const isNew = ({ name, keyId }: VerifierKey) =>
      this.keys.every((known) => known.name !== name || known.keyId !== keyId);
    return new LogClient(this.source, [...this.keys, ...keys.filter(isNew)]);
  }

  /** The newest checkpoint. Throws `malformed-note`, `checkpoint-invalid`, `not-found`. */
  async checkpoint(): Promise<SignedCheckpoint> {
    const bytes = await this.source.read('checkpoint');
    if (!bytes) throw refuse('not-found', `There is no log at ${this.source.name}.`);
    return this.open(new TextDecoder().decode(bytes));
  }

  /** A note that was kept or served, as a checkpoint of this log. Throws as `checkpoint` does. */
  async open(note: string): Promise<SignedCheckpoint> {
    const { checkpoint } = await openCheckpoint(nodeCrypto, note, this.keys);
    return { ...checkpoint, note };
  }

  /** The first `width` entries of a bundle. Throws `malformed-tile`, `not-found`. */
  async entries(index: number, width: number): Promise<Uint8Array[]> {
    const entries = parseEntryBundle(await this.#file({ level: 'entries', index, width }));
    if (entries.length >= width) return entries.slice(0, width);
    throw refuse('malformed-tile', `Entry bundle ${index} holds ${entries.length} of ${width}.`);
  }

  /** The first `width` hashes of a tile. Throws `malformed-tile`, `not-found`. */
  async tile({ level, index, width }: TileSpan): Promise<Uint8Array> {
    const bytes = await this.#file({ level, index, width });
    if (bytes.length % HASH_SIZE === 0 && bytes.length >= width * HASH_SIZE)
      return bytes.subarray(0, width * HASH_SIZE);
    throw refuse('malformed-tile', `Tile ${level}/${index} has ${bytes.length} bytes.`);
  }

  /** Tiles fetched at once, for the builders of proofs and roots. */
  async tiles(spans: readonly TileSpan[]): Promise<TileReader> {
    const bytes = await Promise.all(spans.map((span) => this.tile(span)));
    const found = new Map(spans.map((span, i) => [`${span.level}/${span.index}`, bytes[i]!]));
    return ({ level, index }) => found.get(`${level}/${index}`)!;
  }

  /**
   * A log may drop a partial tile once the full one exists, so "clients fall back to the full tile"
   * (C2SP tlog-tiles, Partial Tiles).
   */
  async #file(tile: TilePath): Promise<Uint8Array> {
    const bytes =
      (await this.source.read(formatTilePath(tile))) ??
      (tile.width < TILE_WIDTH
        ? await this.source.read(formatTilePath({ ...tile, width: TILE_WIDTH }))
        : undefined);
    if (bytes) return bytes;
    throw refuse('not-found', `${this.source.name} does not serve ${formatTilePath(tile)}.`);
  }
}
