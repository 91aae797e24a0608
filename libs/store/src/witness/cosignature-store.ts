import type pg from 'pg';

/** A witness's signature line over one of our checkpoints. */
export interface StoredCosignature {
  /** The witness's key name. */
  witness: string;
  /** The signature line as text, without its newline. */
  line: string;
}

const LINES_MAX = 400;

/** What other witnesses say of our own log. Only lines that have verified may come in. */
export class CosignatureStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly origin: string,
  ) {}

  /** Keeps a witness's newest line over the checkpoint of that size. */
  async add(size: number, { witness, line }: StoredCosignature): Promise<void> {
    await this.pool.query(
      `INSERT INTO cosignature (origin, size, witness, line) VALUES ($1, $2, $3, $4)
       ON CONFLICT (origin, size, witness) DO UPDATE SET line = excluded.line`,
      [this.origin, size, witness, line],
    );
  }

  /** The lines over the checkpoint of that size, by witness. */
  async at(size: number): Promise<StoredCosignature[]> {
    const { rows } = await this.pool.query<StoredCosignature>(
      'SELECT witness, line FROM cosignature WHERE origin = $1 AND size = $2 ORDER BY witness',
      [this.origin, size],
    );
    return rows;
  }

  /** The largest size that a witness has cosigned, 0 when none: where its next proof starts. */
  async sizeOf(witness: string): Promise<number> {
    const { rows } = await this.pool.query<{ size: string | null }>(
      'SELECT max(size) AS size FROM cosignature WHERE origin = $1 AND witness = $2',
      [this.origin, witness],
    );
    return Number(rows[0]?.size ?? 0);
  }

  /**
   * The lines over the newest checkpoints of at least that size, by size, newest first. A few
   * hundred lines are looked through: what was cosigned before them is of no use to anyone now.
   */
  async covering(size: number): Promise<Map<number, StoredCosignature[]>> {
    const { rows } = await this.pool.query<StoredCosignature & { size: string }>(
      `SELECT size, witness, line FROM cosignature WHERE origin = $1 AND size >= $2
       ORDER BY size DESC, witness LIMIT ${LINES_MAX}`,
      [this.origin, size],
    );
    const bySize = new Map<number, StoredCosignature[]>();
    for (const { size: at, witness, line } of rows)
      bySize.set(Number(at), [...(bySize.get(Number(at)) ?? []), { witness, line }]);
    return bySize;
  }
}
