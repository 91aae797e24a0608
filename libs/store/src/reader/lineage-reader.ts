import type pg from 'pg';
import type { LineageEdge } from '#lib/documents';
import { readProven } from '../database-failure.js';
import type { FaultListener } from '../ledger.js';

/** A step of ancestry, and the entry that recorded it first. */
export interface RecordedEdge extends LineageEdge {
  origin: string;
  index: number;
}

/** What a walk found. */
export interface Lineage {
  /** In no particular order; each step once, however many ways lead to it. */
  edges: RecordedEdge[];
  /** There is more than the walk was allowed to find. */
  truncated: boolean;
}

/** Steps that a walk collects unless told otherwise: some thirty times a magnet's ancestry. */
const EDGE_LIMIT = 20_000;

/** Walks what was made from what. */
export class LineageReader {
  constructor(
    private readonly pool: pg.Pool,
    private readonly onFault: FaultListener,
  ) {}

  /** Every step that leads to `id`, up to the mines. */
  ancestry(id: string, limit = EDGE_LIMIT): Promise<Lineage> {
    return this.#walk('child', 'parent', id, limit);
  }

  /** Every step that leads away from `id`: what a recall reaches. */
  descent(id: string, limit = EDGE_LIMIT): Promise<Lineage> {
    return this.#walk('parent', 'child', id, limit);
  }

  /**
   * UNION drops what was reached before, so a lattice costs its nodes and not its paths, and a loop
   * ends. The limit inside stops the walk; the one outside cuts a last node with many edges.
   */
  #walk(near: 'child' | 'parent', far: 'child' | 'parent', id: string, limit: number) {
    return readProven(this.onFault, async (): Promise<Lineage> => {
      const { rows } = await this.pool.query<LineageEdge & { origin: string; index: string }>(
        `WITH RECURSIVE reached(id) AS (
           SELECT $1::text
           UNION
           SELECT l.${far} FROM reached JOIN lineage l ON l.${near} = reached.id
         )
         SELECT l.parent, l.child, l.origin, l.index
         FROM (SELECT id FROM reached LIMIT $2) AS r JOIN lineage l ON l.${near} = r.id
         LIMIT $2`,
        [id, limit + 1],
      );
      const edges = rows.map((row) => ({ ...row, index: Number(row.index) }));
      return { edges: edges.slice(0, limit), truncated: edges.length > limit };
    });
  }
}
