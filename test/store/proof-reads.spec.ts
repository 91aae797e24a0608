import pg from 'pg';
import { type Log, LogReader, migrateDatabase, openLog } from '#lib/store';
import {
  appendLeafHashes,
  EMPTY_FRONTIER,
  formatCheckpoint,
  formatFrontier,
  frontierRoot,
  verifyConsistency,
  verifyInclusion,
} from '#lib/tlog';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { toyLog } from '../support/toy-ledger.js';

/** Enough for a full tile above the leaves, a partial one beside it, and one more above both. */
const SIZE = 70_000;
const { sha256 } = toyLog().crypto;
const leafHashes = Array.from({ length: SIZE }, (_, i) => sha256(Buffer.from(`leaf ${i}`)));
const growth = appendLeafHashes(sha256, EMPTY_FRONTIER, leafHashes);
const rootHash = frontierRoot(sha256, growth.frontier);

describe('proofs read from a log of 70,000 entries', () => {
  let database: FreshDatabase;
  let owner: pg.Client;
  let pool: pg.Pool;
  let log: Log;
  let reader: LogReader;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
    await owner.query('SET session_replication_role = replica');
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
    log = toyLog();
    await openLog(pool, log);
    await storeTree();
  });

  beforeEach(async () => {
    reader = new LogReader(pool, log, () => undefined);
    await reader.treeSize();
  });

  afterAll(async () => {
    await pool?.end();
    await owner?.end();
    await database?.drop();
  });

  /** What a sequencer leaves of 70,000 entries, but for the entries. */
  async function storeTree() {
    const { completed, frontier } = growth;
    await owner.query(
      `INSERT INTO tile SELECT $1, * FROM unnest($2::int[], $3::bigint[], $4::bytea[])`,
      [
        log.origin,
        completed.map(({ level }) => level),
        completed.map(({ index }) => index),
        completed.map(({ bytes }) => Buffer.from(bytes)),
      ],
    );
    const note = log.signCheckpoint(
      formatCheckpoint({ origin: log.origin, treeSize: SIZE, rootHash }),
    );
    await owner.query('UPDATE log_head SET size = $1, root = $2, edge = $3, checkpoint = $4', [
      SIZE,
      rootHash,
      formatFrontier(frontier),
      note,
    ]);
    await owner.query('ANALYZE');
  }

  const prove = async (index: number) =>
    verifyInclusion(sha256, {
      index,
      treeSize: SIZE,
      leafHash: leafHashes[index]!,
      rootHash,
      proof: await reader.inclusionProof(index, SIZE),
    });

  /** Some in every tile above the leaves, and in the partial tile of leaves. */
  const indexes = [0, 1, 255, 256, 30_000, 65_535, 65_536, 69_000, 69_887, 69_888, SIZE - 1];

  it('lead to the signed root, again and again', async () => {
    for (let round = 0; round < 3; round++) for (const index of indexes) await prove(index);
    const oldSize = 65_536;
    verifyConsistency(sha256, {
      oldSize,
      newSize: SIZE,
      oldRoot: await reader.rootHash(oldSize),
      newRoot: rootHash,
      proof: await reader.consistencyProof(oldSize, SIZE),
    });
  });

  it('take one query each, which PostgreSQL does not plan again', async () => {
    const plans = async () => {
      const { rows } = await pool.query<{ custom: string; generic: string }>(
        `SELECT sum(custom_plans) AS custom, sum(generic_plans) AS generic
         FROM pg_prepared_statements WHERE from_sql = false`,
      );
      return { custom: Number(rows[0]!.custom), generic: Number(rows[0]!.generic) };
    };
    // PostgreSQL plans the first five executions, whatever they are, before it compares.
    for (let i = 0; i < 5; i++) await prove(i);
    const before = await plans();
    const query = jest.spyOn(pool, 'query');
    for (const index of indexes) await prove(index);
    expect(query).toHaveBeenCalledTimes(indexes.length);
    query.mockRestore();
    expect(await plans()).toEqual({
      custom: before.custom,
      generic: before.generic + indexes.length,
    });
  });

  const stories: [string, string, string][] = [
    [
      'a full tile above the leaves',
      `UPDATE tile SET hashes = overlay(hashes placing sha256('x') from 1 + 200 * 32) WHERE level = 1`,
      `UPDATE tile SET hashes = $1 WHERE level = 1`,
    ],
    [
      'the head’s edge',
      `UPDATE log_head SET edge = overlay(edge placing sha256('x') from 1)`,
      `UPDATE log_head SET edge = $1`,
    ],
  ];

  it.each(stories)(
    'lead elsewhere when %s was changed after it was read many times',
    async (what, change, restore) => {
      for (let i = 0; i < 4; i++) await prove(300);
      const upper = growth.completed.find(({ level }) => level === 1)!.bytes;
      await owner.query(change);
      try {
        for (let i = 0; i < 4; i++) await expect(prove(300)).rejects.toThrow();
      } finally {
        const bytes = what.startsWith('a full') ? upper : formatFrontier(growth.frontier);
        await owner.query(restore, [bytes]);
      }
      for (let i = 0; i < 4; i++) await prove(300);
    },
  );

  it('are a fault when the row of a tile is gone, however often it was read', async () => {
    for (let i = 0; i < 4; i++) await prove(300);
    await owner.query('BEGIN; CREATE TABLE saved AS TABLE tile; DELETE FROM tile WHERE level = 1');
    await owner.query('COMMIT');
    try {
      await expect(prove(300)).rejects.toMatchObject({ problem: 'internal' });
    } finally {
      await owner.query('INSERT INTO tile TABLE saved ON CONFLICT DO NOTHING; DROP TABLE saved');
    }
    await prove(300);
  });
});
