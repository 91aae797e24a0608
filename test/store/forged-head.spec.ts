import pg from 'pg';
import { type Log, migrateDatabase } from '#lib/store';
import {
  EMPTY_FRONTIER,
  appendLeafHashes,
  formatCheckpoint,
  formatFrontier,
  frontierRoot,
} from '#lib/tlog';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type ToyProcess, open, startToy, toyLog } from '../support/toy-ledger.js';

describe('a head that somebody made', () => {
  let database: FreshDatabase;
  let owner: pg.Client;
  let log: Log;
  const processes: ToyProcess[] = [];

  beforeEach(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
    log = toyLog();
  });
  afterEach(async () => {
    for (const toy of processes.splice(0)) await toy.stop();
    await owner.end();
    await database.drop();
  });

  const start = async (signing = log) => {
    const toy = await startToy(database.url, signing);
    processes.push(toy);
    return toy;
  };

  const entries = async () =>
    Number((await owner.query('SELECT count(*) FROM entry')).rows[0].count);

  it('fits in itself, root, edge and last leaf, yet is not opened: nobody signed it', async () => {
    const toy = await start();
    for (const name of ['ann', 'bob', 'carl']) await toy.sequencer.append(open(name, 10));
    const { sha256 } = log.crypto;
    const leaves = [1, 2, 3].map((n) => sha256(Uint8Array.of(n)));
    const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
    await owner.query('UPDATE log_head SET root = $1, edge = $2, last_leaf_hash = $3', [
      frontierRoot(sha256, frontier),
      formatFrontier(frontier),
      leaves[2],
    ]);
    await expect(start()).rejects.toMatchObject({
      problem: 'log-read-only',
      details: { detail: expect.stringContaining('its root was not signed') },
    });
  });

  it.each([
    ['another size', 9, 0],
    ['another root', 1, 7],
  ])(
    'is never committed when our own key signs %s than the batch has',
    async (_what, size, fill) => {
      await start();
      const rootHash = new Uint8Array(32).fill(fill);
      const other = formatCheckpoint({ origin: log.origin, treeSize: size, rootHash });
      const broken = await start({ ...log, signCheckpoint: () => log.signCheckpoint(other) });
      await expect(broken.sequencer.append(open('ann', 10))).rejects.toMatchObject({
        problem: 'internal',
      });
      expect(await entries()).toBe(0);
    },
  );
});
