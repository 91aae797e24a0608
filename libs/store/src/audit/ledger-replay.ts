import type pg from 'pg';
import type { At } from '#lib/documents';
import { mentionsOf, type LedgerDeciders } from '../ledger.js';
import { recordedAtOf } from '../reader/entry-row.js';
import type { Accepted } from '../sequencer/batch-verdict.js';
import { type ProjectionTables, insertProjections } from '../sequencer/projection-insert.js';
import { textArray } from '../sequencer/binary-array.js';
import { StateOverlay } from '../sequencer/state-overlay.js';
import { StoredValue } from '../sequencer/stored-value.js';
import type { LedgerRow, StoredStatement } from './ledger-page.js';

/** A recorded statement, opened again. */
export interface ReplayedStatement {
  type: string;
  /** 64 lowercase hex. */
  identity: string;
  /** What the deciders read. */
  signed: unknown;
  /** Digests of the documents that it brought with it, 64 lowercase hex. */
  evidence?: readonly string[];
  /** Of the genesis of a successor: the frozen head that it names; the hash as 64 lowercase hex. */
  predecessor?: FrozenHead;
}

/** The head at which a log was frozen. */
export interface FrozenHead {
  origin: string;
  treeSize: number;
  rootHash: string;
}

/** What the application lends to an audit or a rebuild. */
export interface Replay {
  deciders: LedgerDeciders;
  /** Opens recorded bytes as they were opened when they arrived; throws when it cannot. */
  open(recorded: Omit<StoredStatement, 'identity'>): ReplayedStatement | Promise<ReplayedStatement>;
}

/** A statement opened again, and where it stands. */
export interface ReplayedRow {
  index: number;
  recordedAt: string;
  statement: ReplayedStatement;
}

/** Where replayed projections go; no other session sees them, and they end with this one. */
const REPLAYED: ProjectionTables = {
  state: 'replayed_state',
  mention: 'replayed_mention',
  lineage: 'replayed_lineage',
};

/** Projections made again from the ledger in temporary tables, so that memory stays bounded. */
export class LedgerReplay {
  private constructor(
    private readonly client: pg.ClientBase,
    private readonly deciders: LedgerDeciders,
  ) {}

  /** Makes the temporary tables, anew if the session had them. */
  static async begin(client: pg.ClientBase, { deciders }: Replay) {
    for (const [live, replayed] of Object.entries(REPLAYED))
      await client.query(
        `DROP TABLE IF EXISTS pg_temp.${replayed};
         CREATE TEMPORARY TABLE ${replayed} (LIKE public.${live} INCLUDING ALL)`,
      );
    return new LedgerReplay(client, deciders);
  }

  /**
   * Applies a page of statements of one log. With `onRefusal` each is decided upon as well, and one that would
   * be refused is told of and applied nevertheless: it is in the ledger. Where not even that can be
   * done, because a tampered statement before it was left out, it is left out too.
   */
  async apply(
    origin: string,
    rows: readonly ReplayedRow[],
    onRefusal?: (index: number, reason: unknown) => void,
  ): Promise<void> {
    const touches = rows.map(({ statement }) => new Set(this.deciders.touches(statement.signed)));
    const overlay = new StateOverlay(await this.#loadState(touches));
    const accepted: Pick<Accepted, 'index' | 'mentions' | 'lineage'>[] = [];
    for (const [i, { index, recordedAt, statement }] of rows.entries()) {
      const { signed } = statement;
      const at: At = { origin, index, recordedAt };
      const touched = touches[i]!;
      const view = overlay.viewOf(touched);
      let isRefused = false;
      try {
        if (onRefusal) this.deciders.decide(view, signed, at);
      } catch (reason) {
        isRefused = true;
        onRefusal!(index, reason);
      }
      try {
        view.write(this.deciders.apply(view, signed, at));
      } catch (fault) {
        if (!isRefused) throw fault;
      }
      const mentions = mentionsOf(this.deciders, touched);
      accepted.push({ index, mentions, lineage: this.deciders.lineage(signed) });
    }
    const applied = { accepted, writes: overlay.written };
    await insertProjections(this.client, REPLAYED, origin, applied);
  }

  async #loadState(touches: readonly ReadonlySet<string>[]): Promise<Map<string, StoredValue>> {
    const keys = new Set<string>();
    for (const touched of touches) for (const key of touched) keys.add(key);
    const found = await this.client.query<{ key: string; value: string }>(
      `SELECT key, value FROM unnest($1::text[]) AS touched(name)
       JOIN ${REPLAYED.state} ON key = name`,
      [textArray([...keys])],
    );
    return new Map(found.rows.map(({ key, value }) => [key, new StoredValue(value)]));
  }
}

/** Opens a row of the ledger; one that has lost its entry or its statement is a fault. */
export async function replayRow(replay: Replay, row: LedgerRow): Promise<ReplayedRow> {
  const { index, entry, statement } = row;
  if (!entry || !statement) throw new Error(`The ledger has lost entry ${index}`);
  const { identity: _, ...recorded } = statement;
  return { index, recordedAt: recordedAtOf(entry), statement: await replay.open(recorded) };
}
