import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { LedgerReader, type Log, LogReader, migrateDatabase, poolOf } from '#lib/store';
import { parseEntry } from '#lib/tlog';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type CommitFault, type TcpProxy, startTcpProxy } from '../support/tcp-proxy.js';
import {
  type ToyProcess,
  open,
  startToy,
  toyDeciders,
  toyLog,
  transfer,
} from '../support/toy-ledger.js';

describe('when things go wrong', () => {
  let database: FreshDatabase;
  let log: Log;
  let owner: pg.Client;
  const processes: ToyProcess[] = [];
  let proxy: TcpProxy | undefined;

  beforeEach(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    log = toyLog();
    owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
  });

  afterEach(async () => {
    for (const toy of processes.splice(0)) await toy.stop();
    await proxy?.close();
    proxy = undefined;
    await owner.end();
    await database.drop();
  });

  const start = async (url = database.url, options: Parameters<typeof startToy>[2] = {}) => {
    const toy = await startToy(url, log, options);
    processes.push(toy);
    return toy;
  };

  const readersOf = ({ dataSource, faults }: ToyProcess) => {
    const onFault = (fault: Error) => void faults.push(fault);
    return {
      ledger: new LedgerReader(poolOf(dataSource), log, onFault),
      log: new LogReader(poolOf(dataSource), log, onFault),
    };
  };

  const count = async (table: string) =>
    Number((await owner.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

  it('lets one lot be spent once, though two processes are asked at the same moment', async () => {
    const [one, two] = [await start(), await start()];
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      const source = `lot ${round}`;
      await (round % 2 ? one : two).sequencer.append(open(source, 10));
      const results = await Promise.allSettled([
        one.sequencer.append(transfer(source, 'ann', 10, `one ${round}`)),
        two.sequencer.append(transfer(source, 'bob', 10, `two ${round}`)),
        one.sequencer.append(open(`noise one ${round}`, 1)),
        two.sequencer.append(open(`noise two ${round}`, 1)),
      ]);
      const spent = results.slice(0, 2).filter(({ status }) => status === 'fulfilled');
      expect(spent).toHaveLength(1);
      const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
      expect(refused.reason.problem).toBe('mass-exceeded');
    }
    const { ledger, log: reader } = readersOf(one);
    const held = await ledger.states(['account/ann', 'account/bob']);
    expect([...held.values()].reduce((sum: number, value) => sum + Number(value), 0)).toBe(
      rounds * 10,
    );
    // No gap, no fork: every entry names the one before, and is under the one newest checkpoint.
    const size = await reader.treeSize();
    expect(size).toBe(rounds * 4);
    for (let index = 0; index < size; index++)
      expect(parseEntry(await reader.entry(index)).index).toBe(index);
  });

  /** Lets each process begin a batch before either can go on; gives what became of the two. */
  async function inTurn(appends: readonly (() => Promise<unknown>)[]) {
    await owner.query('BEGIN; SELECT 1 FROM log_head FOR UPDATE');
    const answers = Promise.allSettled(appends.map((append) => append()));
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const held = async () => (await owner.query(waiting)).rows[0].count as number;
    while ((await held()) < appends.length) await sleep(10);
    await owner.query('ROLLBACK');
    return (await answers).map((answer) =>
      answer.status === 'fulfilled' ? 'recorded' : (answer.reason.problem as string),
    );
  }

  it('decides by name between two processes that begin at the same moment, each with one statement', async () => {
    const [one, two] = [await start(), await start()];
    await one.sequencer.append(open('mine', 10));
    // Who waits for the lock decides on what the other left: nothing that it read before.
    const spends = await inTurn([
      () => one.sequencer.append(transfer('mine', 'ann', 10)),
      () => two.sequencer.append(transfer('mine', 'bob', 10)),
    ]);
    expect(spends.toSorted()).toEqual(['mass-exceeded', 'recorded']);
    const others = [
      () => one.sequencer.append(open('carl', 1)),
      () => two.sequencer.append(open('dora', 1)),
    ];
    expect(await inTurn(others)).toEqual(['recorded', 'recorded']);
    expect([one.faults, two.faults, await count('entry')]).toEqual([[], [], 4]);
  });

  it('records a statement once, though both processes receive it a hundred times', async () => {
    const [one, two] = [await start(), await start()];
    const copies = Array.from({ length: 200 }, (_, i) =>
      (i % 2 ? one : two).sequencer.append(open('ann', 10)),
    );
    const receipts = await Promise.all(copies);
    expect(new Set(receipts.map((receipt) => JSON.stringify(receipt))).size).toBe(1);
    expect(await count('entry')).toBe(1);
  });

  it('tries again when its connection is killed in the middle of a batch', async () => {
    let kill: Promise<unknown> | undefined;
    const toy = await start(database.url, {
      deciders: {
        ...toyDeciders,
        decide: () => {
          kill ??= owner.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND state = 'idle in transaction'`,
          );
        },
      },
    });
    const receipts = await Promise.all([
      toy.sequencer.append(open('ann', 10)),
      toy.sequencer.append(open('bob', 10)),
    ]);
    await kill;
    expect(receipts.map(({ index }) => index)).toEqual([0, 1]);
    expect(await count('entry')).toBe(2);
  });

  const losses: CommitFault[][] = [
    ['drop reply'],
    ['drop commit'],
    ['drop commit', 'drop reply'],
    ['drop commit', 'drop commit', 'drop reply'],
  ];

  it.each(losses.map((faults) => [faults.join(', then '), faults] as const))(
    'records once and answers when the network loses a COMMIT: %s',
    async (_story, faults) => {
      proxy = await startTcpProxy(database.url);
      const toy = await start(proxy.url);
      await toy.sequencer.append(open('ann', 10));
      for (let round = 0; round < 5; round++) {
        proxy.faults.push(...faults);
        const before = await count('entry');
        const receipt = await toy.sequencer.append(transfer('ann', 'bob', 1, round));
        expect(proxy.faults).toEqual([]);
        expect(receipt.index).toBe(before);
        expect(await count('entry')).toBe(before + 1);
        expect(await count('checkpoint')).toBe(before + 2);
        expect(await readersOf(toy).log.receipt(receipt.index)).toEqual(receipt);
      }
      expect(await readersOf(toy).ledger.state('account/bob')).toBe(5);
    },
  );

  it('says that the database is away while it is, and goes on by itself when it is back', async () => {
    proxy = await startTcpProxy(database.url);
    const toy = await start(proxy.url);
    await toy.sequencer.append(open('ann', 10));
    await proxy.close();
    await expect(toy.sequencer.append(open('bob', 10))).rejects.toMatchObject({
      problem: 'database-unavailable',
      status: 503,
    });
    // A read within a read says it too: nothing that is stored is called false for that.
    const { log: reader } = readersOf(toy);
    for (const read of [reader.checkpoint(), reader.receipt(0), reader.entryBundle(0)])
      await expect(read).rejects.toMatchObject({ problem: 'database-unavailable' });
    expect(toy.faults).toEqual([]);
    const direct = await start();
    await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    const receipt = await direct.sequencer.append(open('bob', 10));
    expect(receipt.index).toBe(1);
  });

  it('is not held up for long by a process that sleeps on the lock', async () => {
    const toy = await start();
    const sleeper = new pg.Client({ connectionString: database.url });
    sleeper.on('error', () => undefined);
    await sleeper.connect();
    await sleeper.query(
      `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '1s';
       SELECT 1 FROM log_head FOR UPDATE`,
    );
    const receipt = await toy.sequencer.append(open('ann', 10));
    expect(receipt.index).toBe(0);
    await sleeper.end().catch(() => undefined);
  });

  const tampering: [string, string][] = [
    [
      'an older head is put back',
      'UPDATE log_head SET size = old.size, root = old.root, edge = old.edge, last_leaf_hash = old.last_leaf_hash, checkpoint = old.checkpoint FROM saved_head old',
    ],
    ['its size is changed', 'UPDATE log_head SET size = size + 1'],
    ['its root is changed', `UPDATE log_head SET root = sha256('x')`],
    ['its edge is changed', `UPDATE log_head SET edge = overlay(edge placing sha256('x') from 1)`],
    ['its edge is cut', `UPDATE log_head SET edge = ''`],
    ['the chain is bent', `UPDATE log_head SET last_leaf_hash = sha256('x')`],
    [
      'its checkpoint is changed',
      `UPDATE log_head SET checkpoint = replace(checkpoint, origin, 'evil')`,
    ],
  ];

  it.each(tampering)('signs nothing more when %s behind its back', async (_story, sql) => {
    const toy = await start();
    await toy.sequencer.append(open('ann', 10));
    await owner.query('CREATE TABLE saved_head AS SELECT * FROM log_head');
    await toy.sequencer.append(open('bob', 10));
    await toy.sequencer.append(open('carl', 10));
    await owner.query(sql);
    const before = await count('checkpoint');
    await expect(toy.sequencer.append(open('dora', 10))).rejects.toMatchObject({
      problem: 'log-read-only',
    });
    expect(await count('checkpoint')).toBe(before);
    if (_story !== 'an older head is put back')
      await expect(start()).rejects.toMatchObject({ problem: 'log-read-only' });
  });

  it('refuses to open a database that belongs to another log', async () => {
    await start();
    await expect(startToy(database.url, toyLog('other.example/log'))).rejects.toThrow(
      'This database holds the log toy.example/log, not other.example/log',
    );
  });

  it('commits nothing when its signer signs something else', async () => {
    const toy = await start();
    await toy.sequencer.append(open('ann', 10));
    const wrong = {
      ...log,
      signCheckpoint: () => toyLog().signCheckpoint(`${log.origin}\n9\n${'A'.repeat(43)}=\n`),
    };
    const other = await startToy(database.url, log);
    processes.push(other);
    const broken = await start(database.url, { log: wrong });
    await expect(broken.sequencer.append(open('bob', 10))).rejects.toMatchObject({
      problem: expect.stringMatching(/internal|checkpoint-invalid/),
    });
    expect(await count('entry')).toBe(1);
    expect((await other.sequencer.append(open('bob', 10))).index).toBe(1);
  });
});
