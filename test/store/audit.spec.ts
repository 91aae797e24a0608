import pg from 'pg';
import { parseJson, toHex } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  CosignatureStore,
  type Log,
  type Replay,
  WitnessStore,
  type WitnessVerifiers,
  auditLedger,
  migrateDatabase,
  poolOf,
  rebuildProjections,
} from '#lib/store';
import { openCheckpoint } from '#lib/tlog';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import {
  type ToyProcess,
  type ToyStatement,
  open,
  startToy,
  toyDeciders,
  toyItem,
  toyLog,
  transfer,
} from '../support/toy-ledger.js';
import { ENTRIES, TAMPERING } from './tampering.js';

const DOCUMENT = Buffer.from('the bundle of another registry');

describe('the audit', () => {
  let database: FreshDatabase;
  let log: Log;
  let toy: ToyProcess;
  let owner: pg.Client;
  let replay: Replay;
  let witnessing: WitnessVerifiers;
  let documentDigest: string;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    owner = new pg.Client({ connectionString: database.adminUrl });
    await owner.connect();
    // Whoever owns the database can switch its guards off.
    await owner.query('SET session_replication_role = replica');
    log = toyLog();
    documentDigest = toHex(log.crypto.sha256(DOCUMENT));
    replay = toyReplay();
    toy = await startToy(database.url, log, { batchSize: 7 });
    await fill();
  });

  afterAll(async () => {
    await toy?.stop();
    await owner?.end();
    await database?.drop();
  });

  /** Opens what was recorded as the application would: a disclosure must fit its statement. */
  function toyReplay(): Replay {
    return {
      deciders: toyDeciders,
      open({ bytes, disclosures }) {
        const statement = parseJson(bytes) as unknown as ToyStatement;
        if (disclosures && !disclosures.equals(Buffer.from('[]')))
          throw refuse('disclosure-mismatch', 'A disclosure opens nothing.');
        const { type, identity } = toyItem(statement);
        const evidence = statement.nonce === 'cites' ? [documentDigest] : [];
        return { type, identity, signed: statement, evidence };
      },
    };
  }

  async function fill(): Promise<void> {
    const evidence = [{ digest: documentDigest, bytes: DOCUMENT }];
    const items = [
      open('mine', 10_000),
      toyItem(
        { kind: 'transfer', from: 'mine', to: 'cited', amount: 1, nonce: 'cites' },
        { evidence, disclosures: Buffer.from('[]') },
      ),
      toyItem({ kind: 'open', to: 'gone', amount: 1 }),
      toyItem({ kind: 'close', from: 'gone' }),
    ];
    for (let i = items.length; i < ENTRIES; i++)
      items.push(transfer('mine', `lot ${i % 50}`, 1 + (i % 3), i));
    await Promise.all(items.map((item) => toy.sequencer.append(item)));
    await witness();
  }

  async function witness(): Promise<void> {
    const pool = poolOf(toy.dataSource);
    const other = toyLog('other.example/log');
    const root = log.crypto.sha256(new Uint8Array());
    const note = other.signCheckpoint(
      `${other.origin}\n0\n${Buffer.from(root).toString('base64')}\n`,
    );
    const tree = { size: 0, rootHash: root, note };
    await new WitnessStore(pool).decide(other.origin, () => ({ answer: 200, hold: tree }));
    await new CosignatureStore(pool, log.origin).add(ENTRIES, { witness: 'w', line: '— w AAAA' });
    witnessing = {
      cosignature(_checkpoint, name, line) {
        if (name !== 'w' || line !== '— w AAAA') throw new Error('The line does not verify.');
      },
      witnessed: async (held) => (await openCheckpoint(other.crypto, held, other.keys)).checkpoint,
      cosigned: () => Promise.resolve(),
    };
  }

  const audit = async (more: Partial<Parameters<typeof auditLedger>[0]> = {}) =>
    auditLedger({ pool: poolOf(toy.dataSource), log, replay, witnessing, ...more });

  const tampered = async (table: string, sql: string, then: () => Promise<void>) => {
    await owner.query(`CREATE TABLE saved AS TABLE ${table}`);
    try {
      expect((await owner.query(sql)).rowCount).toBeGreaterThan(0);
      await then();
    } finally {
      await owner.query(`DELETE FROM ${table}; INSERT INTO ${table} TABLE saved; DROP TABLE saved`);
    }
  };

  it('finds nothing in a ledger that nobody touched, and tells how far it is', async () => {
    const progress: number[] = [];
    const report = await audit({ onProgress: (done) => progress.push(done) });
    expect(report).toEqual({ origin: log.origin, treeSize: ENTRIES, findings: [] });
    expect(progress).toEqual([512, ENTRIES]);
  });

  it.each(TAMPERING)('names the row when $story', async ({ table, sql, finding }) => {
    await tampered(table, sql, async () => {
      const { findings } = await audit();
      expect(findings).toContainEqual(expect.objectContaining(finding));
      expect(findings.length).toBeLessThan(30);
    });
  });

  it('says that a checkpoint was signed over other entries, once and not for each later one', async () => {
    const sql = `UPDATE entry SET digest = sha256('x') WHERE index = 100`;
    await tampered('entry', sql, async () => {
      const { findings } = await audit();
      const forked = findings.filter(({ table }) => table === 'checkpoint');
      expect(forked).toHaveLength(1);
      expect(forked[0]!.index).toBeGreaterThan(100);
      expect(forked[0]!.index).toBeLessThanOrEqual(107);
    });
  });

  it('finds a statement that the rules would refuse, although it is in the log', async () => {
    const strict: Replay = {
      ...replay,
      deciders: {
        ...toyDeciders,
        decide(state, signed, at) {
          if (at.index === 33) throw refuse('mass-exceeded', 'Never.');
          toyDeciders.decide(state, signed, at);
        },
      },
    };
    const { findings } = await audit({ replay: strict });
    expect(findings).toEqual([
      { name: 'undecidable', table: 'statement', index: 33, detail: 'Never.' },
    ]);
  });

  it('leaves the tables as they were', async () => {
    expect((await audit()).findings).toEqual([]);
  });

  it('finds a head that was given to another log, or frozen for one that never began', async () => {
    await tampered('log_head', `UPDATE log_head SET origin = 'x'`, async () => {
      expect((await audit()).findings).toMatchObject([
        { name: 'missing', table: 'log_head' },
        { name: 'surplus', table: 'log_head' },
      ]);
    });
    await tampered('log_head', `UPDATE log_head SET successor = 'x'`, async () => {
      expect((await audit()).findings).toMatchObject([{ name: 'altered', table: 'log_head' }]);
    });
  });

  describe('and the rebuild', () => {
    const rebuild = () => rebuildProjections({ pool: poolOf(toy.dataSource), log, replay });

    it('makes state, mentions and lineage again from the ledger alone', async () => {
      await owner.query('DELETE FROM mention; DELETE FROM lineage');
      await owner.query(`UPDATE state SET value = '0'; INSERT INTO state VALUES ('evil', '1')`);
      expect((await audit()).findings.length).toBeGreaterThan(100);
      expect(await rebuild()).toBe(ENTRIES);
      expect((await audit()).findings).toEqual([]);
    });

    it('can go on while statements arrive', async () => {
      const arriving = Array.from({ length: 60 }, (_, i) =>
        toy.sequencer.append(transfer('mine', 'late', 1, `late ${i}`)),
      );
      await rebuild();
      const during = await audit();
      await Promise.all(arriving);
      expect(during.findings).toEqual([]);
      expect((await audit()).findings).toEqual([]);
    });

    it('is heeded by a process that has decided upon false state, and remembers it', async () => {
      const other = await startToy(database.url, log);
      try {
        await owner.query(`UPDATE state SET value = '1000000' WHERE key = 'account/mine'`);
        await other.sequencer.append(transfer('mine', 'late', 1, 'deceived'));
        await rebuild();
        const overdraft = other.sequencer.append(transfer('mine', 'late', 900_000, 'false'));
        await expect(overdraft).rejects.toMatchObject({ problem: 'mass-exceeded' });
        expect((await audit()).findings).toEqual([]);
      } finally {
        await other.stop();
      }
    });

    it('refuses to build upon a ledger that does not hold, and changes nothing', async () => {
      await tampered('statement', `UPDATE statement SET bytes = '{}' WHERE index = 9`, async () => {
        await expect(rebuild()).rejects.toThrow('Statement 9 has other bytes than its entry says');
      });
      await tampered('statement', 'DELETE FROM statement WHERE index = 9', async () => {
        await expect(rebuild()).rejects.toThrow('The ledger has lost entry 9');
      });
      await tampered('log_head', `UPDATE log_head SET root = sha256('x')`, async () => {
        await expect(rebuild()).rejects.toMatchObject({ problem: 'log-read-only' });
      });
      expect((await audit()).findings).toEqual([]);
    });
  });
});
