import type pg from 'pg';
import { Problem } from '#lib/problem';
import {
  EMPTY_FRONTIER,
  type Frontier,
  TILE_WIDTH,
  appendLeafHashes,
  formatFrontier,
  frontierRoot,
  hashesEqual,
  openCheckpoint,
} from '#lib/tlog';
import type { Log } from '../ledger.js';
import type { LogHead } from '../sequencer/log-head.js';
import type { FindingListener } from './audit-finding.js';

/**
 * Builds the tree again from leaf hashes that the auditor computed, and holds every stored tile,
 * every checkpoint ever signed and the head against it.
 */
export class TreeAudit {
  #frontier: Frontier = EMPTY_FRONTIER;
  #forked = false;

  constructor(
    private readonly client: pg.ClientBase,
    private readonly log: Log,
    private readonly found: FindingListener,
  ) {}

  /** Adds the next leaves, and checks the tiles and checkpoints that they complete. */
  async add(leafHashes: readonly Uint8Array[]): Promise<void> {
    const first = this.#frontier.size;
    const { rows } = await this.client.query<{ size: string; note: string }>(
      `SELECT size, note FROM checkpoint
       WHERE origin = $1 AND size > $2 AND size <= $3 ORDER BY size`,
      [this.log.origin, first === 0 ? -1 : first, first + leafHashes.length],
    );
    let done = 0;
    for (const { size, note } of rows) {
      await this.#grow(leafHashes.slice(done, Number(size) - first));
      done = Number(size) - first;
      await this.#checkNote(note, this.#frontier.size);
    }
    await this.#grow(leafHashes.slice(done));
  }

  /** Checks the head, the checkpoint of the empty tree, and that no row lies beyond the end. */
  async finish(head: LogHead, lastLeafHash: Uint8Array): Promise<void> {
    const { sha256 } = this.log.crypto;
    const alter = (detail: string) =>
      this.found({ name: 'altered', table: 'log_head', index: null, detail });
    if (!hashesEqual(head.root, frontierRoot(sha256, this.#frontier)))
      alter('The root is not that of the entries.');
    if (Buffer.compare(head.edge, formatFrontier(this.#frontier)) !== 0)
      alter('The edge is not that of the entries.');
    if (!hashesEqual(head.lastLeafHash, lastLeafHash))
      alter('The last leaf hash is not that of the last entry.');
    await this.#checkHeadNote(head, alter);
    await this.#checkSurplusTiles();
  }

  async #grow(leafHashes: readonly Uint8Array[]): Promise<void> {
    const growth = appendLeafHashes(this.log.crypto.sha256, this.#frontier, leafHashes);
    this.#frontier = growth.frontier;
    for (const { level, index, bytes } of growth.completed) {
      const { rows } = await this.client.query<{ hashes: Buffer }>(
        'SELECT hashes FROM tile WHERE origin = $1 AND level = $2 AND index = $3',
        [this.log.origin, level, index],
      );
      const stored = rows[0]?.hashes;
      if (stored && stored.equals(bytes)) continue;
      const name = stored ? 'altered' : 'missing';
      const detail = `Tile ${level}/${index} is not that of the entries below it.`;
      this.found({ name, table: 'tile', index, detail });
    }
  }

  async #checkNote(note: string, size: number): Promise<void> {
    const alter = (detail: string) =>
      this.found({ name: 'altered', table: 'checkpoint', index: size, detail });
    const signed = await this.#open(note);
    if (typeof signed === 'string') return alter(signed);
    if (signed.origin !== this.log.origin || signed.treeSize !== size)
      return alter('The note is of another log or size.');
    const root = frontierRoot(this.log.crypto.sha256, this.#frontier);
    // Behind the first root that is not ours every other is wrong too: one finding says it.
    if (hashesEqual(signed.rootHash, root) || this.#forked) return;
    this.#forked = true;
    alter('The root that was signed is not that of the entries, here and at every later size.');
  }

  async #checkHeadNote(head: LogHead, alter: (detail: string) => void): Promise<void> {
    const { rows } = await this.client.query<{ size: string; note: string; total: string }>(
      `SELECT size, note, (SELECT count(*) FROM checkpoint WHERE origin = $1) AS total
       FROM checkpoint WHERE origin = $1 AND size IN (0, $2) ORDER BY size`,
      [this.log.origin, head.size],
    );
    const newest = rows.find(({ size }) => Number(size) === head.size);
    if (newest?.note !== head.checkpoint) alter('Its checkpoint is not the one that was signed.');
    const signed = await this.#open(head.checkpoint);
    if (typeof signed === 'string') alter(signed);
    // Every move of the head signs one checkpoint, and opening the log signed the first.
    if (Number(rows[0]?.total ?? 0) !== head.epoch + 1) {
      const detail = `${rows[0]?.total ?? 0} checkpoints are stored; ${head.epoch + 1} were signed.`;
      this.found({ name: 'missing', table: 'checkpoint', index: null, detail });
    }
  }

  async #checkSurplusTiles(): Promise<void> {
    const { rows } = await this.client.query<{ level: number; index: string }>(
      'SELECT level, index FROM tile WHERE origin = $1 AND (index + 1) * $3::numeric ^ (level + 1) > $2',
      [this.log.origin, this.#frontier.size, TILE_WIDTH],
    );
    for (const { level, index } of rows) {
      const detail = `Tile ${level}/${index} lies beyond the end of the log.`;
      this.found({ name: 'surplus', table: 'tile', index: Number(index), detail });
    }
  }

  async #open(note: string) {
    try {
      return (await openCheckpoint(this.log.crypto, note, this.log.keys)).checkpoint;
    } catch (error) {
      if (error instanceof Problem) return error.details.detail;
      throw error;
    }
  }
}
