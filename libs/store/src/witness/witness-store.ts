import type pg from 'pg';
import type { WitnessedTree } from '#lib/tlog';
import { BEGIN_DURABLE, withConnection } from '../connection.js';

/** What a witness holds for a log it has cosigned before. */
export interface HeldTree extends WitnessedTree {
  /** The checkpoint as we stored it. */
  note: string;
}

/** Two checkpoints that one log has signed and that cannot both be true. */
export interface ForkEvidence {
  origin: string;
  /** The checkpoint that we held, with our cosignature. */
  held: string;
  /** The checkpoint that was offered, with the log's verified signatures. */
  offered: string;
  /** RFC 3339 UTC with milliseconds. */
  receivedAt: string;
}

/** What becomes of one request: a tree to hold from now on, or evidence to keep, or neither. */
export interface WitnessOutcome<Answer> {
  answer: Answer;
  hold?: HeldTree;
  /** A signed checkpoint that contradicts the one held. */
  evidence?: string;
}

/** Kept and counted once, however often it is offered; a log that forks without end proves no more than one that forked often. */
const INSERT_EVIDENCE = `WITH kept AS (
    INSERT INTO witness_evidence (origin, held, offered)
    SELECT $1, $2, $3
    WHERE NOT EXISTS (SELECT 1 FROM witness_evidence WHERE origin = $1 AND offered = $3)
      AND (SELECT count(*) FROM witness_evidence WHERE origin = $1) < 100
    RETURNING origin)
  UPDATE witness_state SET forks = forks + 1 WHERE origin IN (SELECT origin FROM kept)`;

/** What this registry holds as a witness of other logs. */
export class WitnessStore {
  constructor(private readonly pool: pg.Pool) {}

  /**
   * Decides a request with the log's row locked, and stores the outcome before the answer is given
   * (C2SP tlog-witness: checking the old size and storing the new one must be atomic). `decide` gets
   * undefined for a log that was never cosigned.
   */
  decide<Answer>(
    origin: string,
    decide: (
      held: HeldTree | undefined,
    ) => WitnessOutcome<Answer> | Promise<WitnessOutcome<Answer>>,
  ): Promise<Answer> {
    return withConnection(this.pool, async (client) => {
      await client.query(BEGIN_DURABLE);
      // A log without a row has nothing to lock: its name is locked instead.
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [origin]);
      const held = await selectHeld(client, origin);
      const outcome = await decide(held);
      if (outcome.hold) await upsertHeld(client, origin, outcome.hold);
      if (outcome.evidence !== undefined)
        await client.query(INSERT_EVIDENCE, [origin, held?.note ?? '', outcome.evidence]);
      await client.query('COMMIT');
      return outcome.answer;
    });
  }

  /** What is held for a log; undefined when it was never cosigned. */
  held(origin: string): Promise<HeldTree | undefined> {
    return selectHeld(this.pool, origin);
  }

  /** The logs that were ever cosigned, by origin. */
  async origins(): Promise<string[]> {
    const { rows } = await this.pool.query<{ origin: string }>(
      'SELECT origin FROM witness_state ORDER BY origin',
    );
    return rows.map(({ origin }) => origin);
  }

  /** Pairs of checkpoints that prove a log forked, oldest first; of every log unless one is named. */
  async evidence(origin?: string): Promise<ForkEvidence[]> {
    const { rows } = await this.pool.query<Omit<ForkEvidence, 'receivedAt'> & { at: Date }>(
      `SELECT origin, held, offered, received_at AS at FROM witness_evidence
       WHERE $1::text IS NULL OR origin = $1 ORDER BY id`,
      [origin ?? null],
    );
    return rows.map(({ at, ...pair }) => ({ ...pair, receivedAt: at.toISOString() }));
  }
}

async function selectHeld(
  client: pg.Pool | pg.ClientBase,
  origin: string,
): Promise<HeldTree | undefined> {
  const { rows } = await client.query<{ size: string; root: Buffer; note: string }>(
    'SELECT size, root, note FROM witness_state WHERE origin = $1',
    [origin],
  );
  const row = rows[0];
  return row && { size: Number(row.size), rootHash: row.root, note: row.note };
}

async function upsertHeld(client: pg.ClientBase, origin: string, tree: HeldTree): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO witness_state AS held (origin, size, root, note) VALUES ($1, $2, $3, $4)
     ON CONFLICT (origin) DO UPDATE
       SET size = excluded.size, root = excluded.root, note = excluded.note
       WHERE held.size <= excluded.size`,
    [origin, tree.size, Buffer.from(tree.rootHash), tree.note],
  );
  if (rowCount !== 1)
    throw new Error(`A witness of ${origin} never goes back to size ${tree.size}`);
}
