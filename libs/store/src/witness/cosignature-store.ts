import type pg from 'pg';

/** A witness's signature line over one of our checkpoints. */
export interface StoredCosignature {
  /** The witness's key name. */
  witness: string;
  /** The signature line as text, without its newline. */
  line: string;
}

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

  /** The largest size not above `atMost` that at least `count` witnesses cosigned; 0 when none. */
  async largestSize(count: number, atMost = Number.MAX_SAFE_INTEGER): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>(
      `SELECT size FROM cosignature WHERE origin = $1 AND size <= $2
       GROUP BY size HAVING count(*) >= $3 ORDER BY size DESC LIMIT 1`,
      [this.origin, atMost, count],
    );
    return Number(rows[0]?.size ?? 0);
  }
}
