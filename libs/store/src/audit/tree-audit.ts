import type pg from 'pg';
import { Problem } from '#lib/problem';
import {
  type Checkpoint,
  EMPTY_FRONTIER,
  type Frontier,
  TILE_WIDTH,
  type Tile,
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
    const signed = await Promise.all(rows.map(({ note }) => this.#open(note)));
    const completed: Tile[] = [];
    let done = 0;
    for (const [i, { size }] of rows.entries()) {
      completed.push(...this.#grow(leafHashes.slice(done, Number(size) - first)));
      done = Number(size) - first;
      this.#checkSigned(signed[i]!);
    }
    completed.push(...this.#grow(leafHashes.slice(done)));
    await this.#checkTiles(completed);
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

  #grow(leafHashes: readonly Uint8Array[]): Tile[] {
    const growth = appendLeafHashes(this.log.crypto.sha256, this.#frontier, leafHashes);
    this.#frontier = growth.frontier;
    return growth.completed;
  }

  async #checkTiles(completed: readonly Tile[]): Promise<void> {
    if (completed.length === 0) return;
    const stored = await this.client.query<{ hashes: Buffer | null }>(
      `SELECT t.hashes
       FROM unnest($2::int[], $3::bigint[]) WITH ORDINALITY AS wanted(level, index, nth)
       LEFT JOIN tile t ON t.origin = $1 AND t.level = wanted.level AND t.index = wanted.index
       ORDER BY nth`,
      [this.log.origin, completed.map(({ level }) => level), completed.map(({ index }) => index)],
    );
    for (const [i, { level, index, bytes }] of completed.entries()) {
      const { hashes } = stored.rows[i]!;
      if (hashes?.equals(bytes)) continue;
      const name = hashes ? 'altered' : 'missing';
      const detail = `Tile ${level}/${index} is not that of the entries below it.`;
      this.found({ name, table: 'tile', index, detail });
    }
  }

  /** Holds what a checkpoint says, or why it cannot be opened, against the tree as it is now. */
  #checkSigned(signed: Checkpoint | string): void {
    const { size } = this.#frontier;
    const alter = (detail: string) =>
      this.found({ name: 'altered', table: 'checkpoint', index: size, detail });
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

  async #open(note: string): Promise<Checkpoint | string> {
    try {
      return (await openCheckpoint(this.log.crypto, note, this.log.keys)).checkpoint;
    } catch (error) {
      if (error instanceof Problem) return error.details.detail;
      throw error;
    }
  }
}
