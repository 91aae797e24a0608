import pg from 'pg';
import {
  LedgerReader,
  LineageReader,
  type Log,
  LogReader,
  migrateDatabase,
  poolOf,
} from '#lib/store';
import {
  buildRootHash,
  hashesEqual,
  leafHash,
  openCheckpoint,
  parseEntryBundle,
  parseTile,
  rootTiles,
  verifyChain,
  verifyConsistency,
  verifyInclusion,
  NO_PREVIOUS,
} from '#lib/tlog';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import {
  type ToyProcess,
  open,
  startToy,
  toyDeciders,
  toyItem,
  toyLog,
  transfer,
} from '../support/toy-ledger.js';

const ENTRIES = 600;

describe('reading the ledger', () => {
  let database: FreshDatabase;
  let log: Log;
  let toy: ToyProcess;
  let owner: pg.Client;
  let logReader: LogReader;
  let reader: LedgerReader;
  let lineage: LineageReader;
  let items: ReturnType<typeof toyItem>[];

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
    await owner.query('SET session_replication_role = replica');
    log = toyLog();
    const deciders = { ...toyDeciders, decide: () => undefined };
    toy = await startToy(database.url, log, { batchSize: 37, deciders });
    const pool = poolOf(toy.dataSource);
    const onFault = (fault: Error) => void toy.faults.push(fault);
    logReader = new LogReader(pool, log, onFault);
    reader = new LedgerReader(pool, log, onFault);
    lineage = new LineageReader(pool, onFault);
    items = [open('0', 1_000_000)];
    for (let i = 1; i < ENTRIES - 1; i++)
      items.push(transfer(`${Math.floor(i / 2)}`, `${i}`, 1, i));
    items.push(toyItem({ kind: 'open', to: 'x' }, { disclosures: Buffer.from('[]') }));
    await Promise.all(items.map((item) => toy.sequencer.append(item)));
  });

  afterAll(async () => {
    await toy?.stop();
    await owner?.end();
    await database?.drop();
  });

  const { sha256 } = toyLog().crypto;

  const rootAt = async (size: number) => {
    const { checkpoint } = await openCheckpoint(
      log.crypto,
      await logReader.checkpointAt(size),
      log.keys,
    );
    return checkpoint.rootHash;
  };

  const sizes = Array.from({ length: 16 }, (_, i) => (i + 1) * 37);

  it('proves any entry in the tree of any checkpoint', async () => {
    for (const size of [...sizes, ENTRIES])
      for (const index of [0, Math.floor(size / 3), size - 1])
        verifyInclusion(sha256, {
          index,
          treeSize: size,
          leafHash: leafHash(sha256, await logReader.entry(index)),
          rootHash: await rootAt(size),
          proof: await logReader.inclusionProof(index, size),
        });
  });

  it('proves that any checkpoint continues any earlier one', async () => {
    for (const newSize of [...sizes, ENTRIES])
      for (const oldSize of sizes.filter((size) => size <= newSize))
        verifyConsistency(sha256, {
          oldSize,
          newSize,
          oldRoot: await rootAt(oldSize),
          newRoot: await rootAt(newSize),
          proof: await logReader.consistencyProof(oldSize, newSize),
        });
  });

  it('serves tiles and entry bundles from which anybody can build the tree again', async () => {
    const tiles = new Map<string, Uint8Array>();
    for (const { level, index, width } of rootTiles(ENTRIES))
      tiles.set(`${level}/${index}`, await logReader.tile(level, index, width));
    const root = buildRootHash(sha256, ENTRIES, ({ level, index }) =>
      tiles.get(`${level}/${index}`)!,
    );
    expect(hashesEqual(root, await rootAt(ENTRIES))).toBe(true);

    let next = { origin: log.origin, index: 0, previous: NO_PREVIOUS };
    for (const index of [0, 1, 2]) {
      const entries = parseEntryBundle(await logReader.entryBundle(index));
      const hashes = parseTile(await logReader.tile(0, index));
      expect(hashes).toHaveLength(entries.length);
      for (const [i, entry] of entries.entries())
        expect(hashesEqual(leafHash(sha256, entry), hashes[i]!)).toBe(true);
      next = verifyChain(sha256, next, entries);
    }
    expect(next.index).toBe(ENTRIES);
    expect(parseEntryBundle(await logReader.entryBundle(2, 5))).toHaveLength(5);
    expect(await logReader.tile(1, 0)).toHaveLength(2 * 32);
  });

  it('says not-found beyond the end, and invalid-log-path for what cannot be', async () => {
    const problems = async (read: Promise<unknown>) =>
      read.then(
        () => 'found',
        ({ problem }) => problem,
      );
    expect(await problems(logReader.entry(ENTRIES))).toBe('not-found');
    expect(await problems(logReader.entry(-1))).toBe('invalid-log-path');
    expect(await problems(logReader.tile(0, 3))).toBe('not-found');
    expect(await problems(logReader.tile(0, 2, 200))).toBe('not-found');
    expect(await problems(logReader.entryBundle(9))).toBe('not-found');
    expect(await problems(logReader.checkpointAt(5))).toBe('not-found');
    expect(await problems(logReader.receipt(3, 5))).toBe('not-found');
    expect(await problems(logReader.inclusionProof(0, ENTRIES + 1))).toBe('not-found');
    expect(await problems(logReader.inclusionProof(50, 37))).toBe('invalid-log-path');
    expect(await problems(logReader.consistencyProof(74, 37))).toBe('invalid-log-path');
  });

  it('gives one kind of state by its keys, and never a kind whose name begins alike', async () => {
    const rows = ['kind:b', 'kind:B', 'kind:', 'kind', 'kind2:a', 'kind-a:a', 'kinc:z', 'king:a'];
    await owner.query(`INSERT INTO state SELECT key, to_json(key) FROM unnest($1::text[]) AS key`, [
      rows,
    ]);
    expect(await reader.statesOfKind('kind')).toEqual(['kind:', 'kind:B', 'kind:b']);
    expect(await reader.statesOfKind('none')).toEqual([]);
    await owner.query('DELETE FROM state WHERE key = ANY($1::text[])', [rows]);
  });

  it('finds nothing under a name that PostgreSQL cannot hold', async () => {
    expect(await reader.state('account/0\0')).toBeUndefined();
    expect([...(await reader.states(['\0', 'account/none']))]).toEqual([]);
  });

  it('finds a kind of state by the index, whatever the locale of the database', async () => {
    const { rows } = await owner.query(
      `SELECT collation_name FROM information_schema.columns
       WHERE table_name = 'state' AND column_name = 'key'`,
    );
    expect(rows).toEqual([{ collation_name: 'C' }]);
    await owner.query('SET enable_seqscan = off');
    const plan = await owner.query(
      `EXPLAIN SELECT value FROM state WHERE key >= 'kind:' AND key < 'kind;' ORDER BY key`,
    );
    await owner.query('RESET enable_seqscan');
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
      /Index Cond: .*key >= .*key < /,
    );
  });

  it('finds statements by digest, identity and index, with their exact bytes', async () => {
    const item = items[ENTRIES - 1]!;
    const byDigest = await reader.statementByDigest(item.digest);
    expect(byDigest).toMatchObject({ type: 'open', digest: item.digest, identity: item.identity });
    expect(Buffer.from(byDigest!.bytes)).toEqual(Buffer.from(item.bytes));
    expect(Buffer.from(byDigest!.disclosures!).toString()).toBe('[]');
    expect(await reader.statementByIdentity(item.identity)).toEqual(byDigest);
    expect(await reader.statementsAt([byDigest!.index, 9_999])).toEqual([byDigest]);
    expect(await reader.statementByDigest('0'.repeat(64))).toBeUndefined();
    expect(await reader.evidence('0'.repeat(64))).toBeUndefined();
  });

  it('tells the history of a key in pages', async () => {
    const all = await reader.history('account/1');
    expect(all.length).toBe(3);
    expect(await reader.history('account/1', { limit: 2 })).toEqual(all.slice(0, 2));
    expect(await reader.history('account/1', { from: all[1]! + 1 })).toEqual(all.slice(2));
    expect(await reader.history('account/unknown')).toEqual([]);
  });

  it('walks ancestry and descent, each step once, and stops where it is told to', async () => {
    const up = await lineage.ancestry('598');
    const chain = [598, 299, 149, 74, 37, 18, 9, 4, 2, 1];
    expect(up.truncated).toBe(false);
    expect(up.edges.map(({ child }) => Number(child)).sort((a, b) => b - a)).toEqual(chain);
    const down = await lineage.descent('0');
    expect(down.edges.length).toBe(ENTRIES - 2);
    const cut = await lineage.descent('0', 50);
    expect(cut.edges).toHaveLength(50);
    expect(cut.truncated).toBe(true);
    expect((await lineage.ancestry('nobody')).edges).toEqual([]);
  });

  it('ends although somebody was made from itself', async () => {
    await toy.sequencer.append(transfer('loop a', 'loop b', 1));
    await toy.sequencer.append(transfer('loop b', 'loop a', 1));
    expect((await lineage.ancestry('loop a')).edges).toHaveLength(2);
  });

  const stories: [string, string, string, () => Promise<unknown>][] = [
    [
      'a body',
      'statement',
      `UPDATE statement SET bytes = '{}' WHERE index = 50`,
      () => reader.statementsAt([50]),
    ],
    [
      'a body and its digest',
      'entry',
      `UPDATE entry SET digest = sha256('x') WHERE index = 50`,
      () => logReader.entry(50),
    ],
    [
      'an entry’s time',
      'entry',
      `UPDATE entry SET recorded_at = recorded_at + interval '1 s' WHERE index = 50`,
      () => logReader.receipt(50),
    ],
    [
      'a tile',
      'tile',
      `UPDATE tile SET hashes = overlay(hashes placing sha256('x') from 1 + 51 * 32)`,
      () => logReader.receipt(50),
    ],
    ['a tile’s row', 'tile', 'DELETE FROM tile', () => logReader.receipt(50)],
    [
      'a checkpoint',
      'checkpoint',
      `UPDATE checkpoint SET note = replace(note, 'toy', 'Toy')`,
      () => logReader.receipt(50),
    ],
  ];

  it.each(stories)(
    'answers with a fault, not a lie, when %s was changed',
    async (_s, table, sql, read) => {
      await owner.query(`CREATE TABLE saved AS TABLE ${table}`);
      const faults = toy.faults.length;
      await owner.query(sql);
      try {
        const fresh = new LogReader(poolOf(toy.dataSource), log, (f) => void toy.faults.push(f));
        logReader = fresh;
        await expect(read()).rejects.toMatchObject({ problem: 'internal', status: 500 });
      } finally {
        await owner.query(
          `DELETE FROM ${table}; INSERT INTO ${table} TABLE saved; DROP TABLE saved`,
        );
      }
      expect(toy.faults.length).toBeGreaterThan(faults);
    },
  );
});
