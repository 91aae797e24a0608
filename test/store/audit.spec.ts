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

const ENTRIES = 620;
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

  /** Story, table, what is done to it, and what the audit must say about that very row. */
  const stories: [string, string, string, object][] = [
    [
      'a body is edited',
      'statement',
      `UPDATE statement SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'lot', 'LOT'), 'UTF8') WHERE index = 100`,
      { name: 'altered', table: 'statement', index: 100 },
    ],
    [
      'a body and its digest are edited',
      'entry',
      `UPDATE entry SET digest = sha256('x') WHERE index = 100`,
      { name: 'altered', table: 'entry', index: 100 },
    ],
    [
      'an entry is given another leaf hash',
      'entry',
      `UPDATE entry SET leaf_hash = sha256('x') WHERE index = 100`,
      { name: 'altered', table: 'entry', index: 100 },
    ],
    [
      'an entry is back-dated',
      'entry',
      `UPDATE entry SET recorded_at = recorded_at - interval '1 day' WHERE index = 100`,
      { name: 'altered', table: 'entry', index: 100 },
    ],
    [
      'an entry is made unreadable',
      'entry',
      `UPDATE entry SET digest = '' WHERE index = 100`,
      { name: 'altered', table: 'entry', index: 100 },
    ],
    [
      'an entry is deleted',
      'entry',
      'DELETE FROM entry WHERE index = 100',
      { name: 'missing', table: 'entry', index: 100 },
    ],
    [
      'an entry is slipped in behind the end',
      'entry',
      `INSERT INTO entry SELECT origin, ${ENTRIES}, leaf_hash, digest, recorded_at FROM entry WHERE index = 7`,
      { name: 'surplus', table: 'entry', index: ENTRIES },
    ],
    [
      'an entry is moved to another log',
      'entry',
      `INSERT INTO entry SELECT 'evil.example', index, leaf_hash, digest, recorded_at FROM entry WHERE index = 7`,
      { name: 'surplus', table: 'entry', index: 7 },
    ],
    [
      'a statement is deleted',
      'statement',
      'DELETE FROM statement WHERE index = 100',
      { name: 'missing', table: 'statement', index: 100 },
    ],
    [
      'a statement is filed under another identity',
      'statement',
      `UPDATE statement SET identity = sha256('x') WHERE index = 100`,
      { name: 'altered', table: 'statement', index: 100 },
    ],
    [
      'a statement is filed as another type',
      'statement',
      `UPDATE statement SET type = 'open' WHERE index = 100`,
      { name: 'altered', table: 'statement', index: 100 },
    ],
    [
      'a disclosure is edited',
      'disclosure',
      `UPDATE disclosure SET bytes = '[1]'`,
      { name: 'unreadable', table: 'disclosure', index: 1 },
    ],
    [
      'a disclosure is slipped in behind the end',
      'disclosure',
      `INSERT INTO disclosure SELECT origin, ${ENTRIES}, bytes FROM disclosure`,
      { name: 'surplus', table: 'disclosure', index: ENTRIES },
    ],
    [
      'a cited document is edited',
      'evidence',
      `UPDATE evidence SET bytes = 'x'`,
      { name: 'altered', table: 'evidence', index: 1 },
    ],
    [
      'a cited document is deleted',
      'evidence',
      'DELETE FROM evidence',
      { name: 'missing', table: 'evidence', index: 1 },
    ],
    [
      'a cited document is said to have come later',
      'evidence',
      'UPDATE evidence SET index = 9',
      { name: 'altered', table: 'evidence', index: 1 },
    ],
    [
      'a tile is edited',
      'tile',
      `UPDATE tile SET hashes = overlay(hashes placing sha256('x') from 33) WHERE index = 1`,
      { name: 'altered', table: 'tile', index: 1 },
    ],
    [
      'a tile is deleted',
      'tile',
      'DELETE FROM tile WHERE index = 1',
      { name: 'missing', table: 'tile', index: 1 },
    ],
    [
      'a tile is invented',
      'tile',
      'INSERT INTO tile SELECT origin, level, 2, hashes FROM tile WHERE index = 1',
      { name: 'surplus', table: 'tile', index: 2 },
    ],
    [
      'a checkpoint is edited',
      'checkpoint',
      `UPDATE checkpoint SET note = replace(note, 'toy', 'Toy') WHERE size = 14`,
      { name: 'altered', table: 'checkpoint', index: 14 },
    ],
    [
      'a checkpoint is put in another’s place',
      'checkpoint',
      `UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 0) WHERE size = 14`,
      { name: 'altered', table: 'checkpoint', index: 14 },
    ],
    [
      'a checkpoint is deleted',
      'checkpoint',
      'DELETE FROM checkpoint WHERE size = 14',
      { name: 'missing', table: 'checkpoint', index: null },
    ],
    [
      'the last entries are cut off',
      'log_head',
      `UPDATE log_head SET size = 616`,
      { name: 'surplus', table: 'checkpoint', index: ENTRIES },
    ],
    [
      'the head is given another root',
      'log_head',
      `UPDATE log_head SET root = sha256('x')`,
      { name: 'altered', table: 'log_head', index: null },
    ],
    [
      'the head is given another edge',
      'log_head',
      `UPDATE log_head SET edge = overlay(edge placing sha256('x') from 1)`,
      { name: 'altered', table: 'log_head', index: null },
    ],
    [
      'the head is given another last leaf',
      'log_head',
      `UPDATE log_head SET last_leaf_hash = sha256('x')`,
      { name: 'altered', table: 'log_head', index: null },
    ],
    [
      'the head is given another time',
      'log_head',
      `UPDATE log_head SET recorded_at = recorded_at - interval '1 hour'`,
      { name: 'altered', table: 'log_head', index: null },
    ],
    [
      'the head is given an older checkpoint',
      'log_head',
      `UPDATE log_head SET checkpoint = (SELECT note FROM checkpoint WHERE size = 14)`,
      { name: 'altered', table: 'log_head', index: null },
    ],
    [
      'the head’s epoch is changed',
      'log_head',
      'UPDATE log_head SET epoch = epoch + 1',
      { name: 'missing', table: 'checkpoint', index: null },
    ],
    [
      'a balance is raised',
      'state',
      `UPDATE state SET value = '999' WHERE key = 'account/lot 7'`,
      { name: 'differs', table: 'state', index: null },
    ],
    [
      'a balance is deleted',
      'state',
      `DELETE FROM state WHERE key = 'account/lot 7'`,
      { name: 'missing', table: 'state', index: null },
    ],
    [
      'an account is invented',
      'state',
      `INSERT INTO state VALUES ('account/evil', '999')`,
      { name: 'surplus', table: 'state', index: null },
    ],
    [
      'a mention is hidden',
      'mention',
      `DELETE FROM mention WHERE key = 'account/cited'`,
      { name: 'missing', table: 'mention', index: 1 },
    ],
    [
      'a mention is invented',
      'mention',
      `INSERT INTO mention SELECT 'account/evil', origin, 9 FROM mention LIMIT 1`,
      { name: 'surplus', table: 'mention', index: 9 },
    ],
    [
      'an ancestor is swapped',
      'lineage',
      `UPDATE lineage SET parent = 'elsewhere' WHERE child = 'cited'`,
      { name: 'surplus', table: 'lineage', index: 1 },
    ],
    [
      'a cosignature is edited',
      'cosignature',
      `UPDATE cosignature SET line = '— w BBBB'`,
      { name: 'altered', table: 'cosignature', index: ENTRIES },
    ],
    [
      'a cosignature is moved to another size',
      'cosignature',
      'UPDATE cosignature SET size = 1',
      { name: 'altered', table: 'cosignature', index: 1 },
    ],
    [
      'a witnessed tree is edited',
      'witness_state',
      'UPDATE witness_state SET size = 5',
      { name: 'altered', table: 'witness_state', index: 5 },
    ],
  ];

  it.each(stories)('names the row when %s', async (_story, table, sql, finding) => {
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
