import pg from 'pg';
import type { DataSource } from 'typeorm';
import {
  CosignatureStore,
  WitnessStore,
  createDataSource,
  migrateDatabase,
  poolOf,
} from '#lib/store';
import { type FreshDatabase, freshDatabase } from '../support/database.js';

describe('what a registry holds as a witness', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let pool: pg.Pool;
  let store: WitnessStore;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    dataSource = await createDataSource(database.url).initialize();
    pool = poolOf(dataSource);
    store = new WitnessStore(pool);
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  const tree = (size: number) => ({
    size,
    rootHash: new Uint8Array(32).fill(size),
    note: `tree of ${size}`,
  });

  it('decides one request at a time for a log, so that two of them cannot roll it back', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        store.decide('race.example', (held) => {
          const size = held?.size ?? 0;
          return size === 0 ? { answer: 200, hold: tree(5) } : { answer: 409 };
        }),
      ),
    );
    expect(answers.filter((answer) => answer === 200)).toHaveLength(1);
    expect(await store.held('race.example')).toEqual({
      ...tree(5),
      rootHash: Buffer.alloc(32, 5),
    });
    expect(await store.origins()).toContain('race.example');
  });

  it('never goes back, and keeps what it holds when the decision fails', async () => {
    await store.decide('back.example', () => ({ answer: 200, hold: tree(9) }));
    await expect(
      store.decide('back.example', () => ({ answer: 200, hold: tree(8) })),
    ).rejects.toThrow('never goes back to size 8');
    await expect(
      store.decide('back.example', () => {
        throw new Error('the signer is away');
      }),
    ).rejects.toThrow('the signer is away');
    expect((await store.held('back.example'))?.size).toBe(9);
    expect(await store.held('unknown.example')).toBeUndefined();
  });

  it('keeps both checkpoints of a log that forked, once however often it offers them', async () => {
    await store.decide('fork.example', () => ({ answer: 200, hold: tree(3) }));
    const answer = await store.decide('fork.example', () => ({ answer: 422, evidence: 'other 3' }));
    expect(answer).toBe(422);
    expect(await store.evidence('fork.example')).toEqual([
      {
        origin: 'fork.example',
        held: 'tree of 3',
        offered: 'other 3',
        receivedAt: expect.stringMatching(/Z$/),
      },
    ]);
    await store.decide('fork.example', () => ({ answer: 422, evidence: 'other 3' }));
    expect(await store.evidence()).toHaveLength(1);
  });

  it('keeps each witness’s newest line, and finds the newest that cover an entry', async () => {
    const lines = new CosignatureStore(pool, 'own.example');
    expect(await lines.sizeOf('w1')).toBe(0);
    await lines.add(10, { witness: 'w1', line: 'old' });
    await lines.add(10, { witness: 'w1', line: 'new' });
    await lines.add(10, { witness: 'w2', line: 'two' });
    await lines.add(20, { witness: 'w1', line: 'later' });
    expect(await lines.at(10)).toEqual([
      { witness: 'w1', line: 'new' },
      { witness: 'w2', line: 'two' },
    ]);
    expect(await lines.sizeOf('w1')).toBe(20);
    const covering = await lines.covering(5);
    expect([...covering.keys()]).toEqual([20, 10]);
    expect(covering.get(10)).toHaveLength(2);
    expect([...(await lines.covering(11)).keys()]).toEqual([20]);
  });
});
