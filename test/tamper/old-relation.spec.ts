import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { parseJson, toHex } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  auditLedger,
  CosignatureStore,
  migrateDatabase,
  poolOf,
  startEmbedded,
  WitnessStore,
  type AuditFinding,
  type Embedded,
  type LedgerItem,
  type Replay,
  type WitnessVerifiers,
} from '#lib/store';
import { openCheckpoint } from '#lib/tlog';
import { AT_LENGTH } from '../fault/seeds.js';
import {
  open,
  startToy,
  toyDeciders,
  toyItem,
  toyLog,
  transfer,
  type ToyProcess,
  type ToyStatement,
} from '../support/toy-ledger.js';

jest.setTimeout(AT_LENGTH ? 600_000 : 90_000);

/** What has rows of its own, and for which table the audit speaks when it is as it was. */
const BY_ROWS: Record<string, string> = {
  log_head: 'entry',
  entry: 'entry',
  statement: 'statement',
  disclosure: 'statement',
  evidence: 'evidence',
  tile: 'tile',
  checkpoint: 'checkpoint',
  state: 'state',
  mention: 'mention',
  lineage: 'lineage',
  witness_evidence: 'witness_evidence',
  // Its fork count is older than the evidence is.
  witness_state: 'witness_evidence',
};
/**
 * A lost cosignature shows nowhere, and does no harm: it is asked for again. test/fault/old-page.spec.ts
 * shows that, and how what we cosigned for others is held against us.
 */
const NOT_FOUND = ['cosignature'];
/** Tried in an ordinary run: what no other test brings back as a file. */
const FEW = ['disclosure', 'evidence', 'witness_evidence', 'statement_identity', 'mention_pkey'];
/** Made at its own time, and so seldom changed that an old copy is the newest. */
const UNCHANGED = ['log_head_pkey', 'witness_state_pkey'];

/** Enough to fill a tile each time. */
const TRANSFERS = 300;
const twice = transfer('mine', 'yours', 1, 'twice');

describe('one file of the database that comes back from the past', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-old-relation-'));
  const cluster = path.join(folder, 'database');
  const aside = (name: string) => path.join(folder, name);
  const log = toyLog();
  const other = toyLog('other.example/log');
  let server: Embedded;
  let toy: ToyProcess;
  /** Where each table and each index of one lies, below the folder of the cluster. */
  const files = new Map<string, string>();

  beforeAll(async () => {
    await start();
    await record('before');
    await stop();
    copy(cluster, aside('old'));
    await start();
    await record('after');
    await readFiles();
    await stop();
    copy(cluster, aside('newest'));
  });
  afterAll(async () => {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const copy = (from: string, to: string) => execFileSync('cp', ['-a', '--reflink=auto', from, to]);

  async function start(): Promise<void> {
    server = await startEmbedded({ dataDir: cluster, unsafeFast: true });
    await migrateDatabase(server.adminUrl);
    toy = await startToy(server.url, log);
  }

  async function stop(): Promise<void> {
    await toy.stop();
    await server.stop();
  }

  const documentOf = (name: string) => Buffer.from(`the document that came ${name}`);
  const digestOf = (bytes: Uint8Array) => toHex(log.crypto.sha256(bytes));

  /** Something new in every table. */
  async function record(name: string): Promise<void> {
    const bytes = documentOf(name);
    const evidence = [{ digest: digestOf(bytes), bytes }];
    const cites = { kind: 'transfer', from: 'mine', to: 'yours', amount: 1 } as const;
    const items: LedgerItem[] = [
      open(name, 1),
      toyItem({ ...cites, nonce: `cites ${name}` }, { evidence }),
      toyItem({ ...cites, nonce: `opens ${name}` }, { disclosures: Buffer.from(name) }),
    ];
    if (name === 'before') items.unshift(open('mine', 10_000));
    else items.push(twice);
    for (let i = 0; i < TRANSFERS; i++) items.push(transfer('mine', `${name} ${i}`, 1));
    await Promise.all(items.map((item) => toy.sequencer.append(item)));
    await witness(name);
  }

  /** The other log is cosigned once, and then shows a tree that contradicts that, another each time. */
  async function witness(name: string): Promise<void> {
    const pool = poolOf(toy.dataSource);
    const noteOf = (says: string) => {
      const rootHash = log.crypto.sha256(Buffer.from(says));
      const root = Buffer.from(rootHash).toString('base64');
      return { size: 7, rootHash, note: other.signCheckpoint(`${other.origin}\n7\n${root}\n`) };
    };
    const store = new WitnessStore(pool);
    if (name === 'before')
      await store.decide(other.origin, () => ({ answer: 200, hold: noteOf('held') }));
    const evidence = noteOf(name).note;
    await store.decide(other.origin, () => ({ answer: 422, evidence }));
    const { rows } = await pool.query<{ size: string }>('SELECT max(size) AS size FROM checkpoint');
    const cosignatures = new CosignatureStore(pool, log.origin);
    await cosignatures.add(Number(rows[0]!.size), { witness: 'w', line: name });
  }

  const witnessing: WitnessVerifiers = {
    cosignature: () => undefined,
    witnessed: async (held) => (await openCheckpoint(other.crypto, held, other.keys)).checkpoint,
    cosigned: () => Promise.resolve(),
  };

  const replay: Replay = {
    deciders: toyDeciders,
    open({ bytes, disclosures }) {
      const statement = parseJson(bytes) as unknown as ToyStatement;
      const [verb, name = ''] = String(statement.nonce).split(' ');
      if (verb === 'opens' && disclosures?.toString() !== name)
        throw refuse('disclosure-missing', 'Nothing opens it.');
      const { type, identity } = toyItem(statement);
      const evidence = verb === 'cites' ? [digestOf(documentOf(name))] : [];
      return { type, identity, signed: statement, evidence };
    },
  };

  const audit = async (): Promise<AuditFinding[]> =>
    (await auditLedger({ pool: poolOf(toy.dataSource), log, replay, witnessing })).findings;

  async function readFiles(): Promise<void> {
    const owner = new pg.Client({ connectionString: server.adminUrl });
    await owner.connect();
    const { rows } = await owner.query<{ name: string; file: string }>(
      `SELECT relname AS name, pg_relation_filepath(oid) AS file FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
         AND 'migrations'::regclass NOT IN (oid, coalesce((SELECT indrelid FROM pg_index
           WHERE indexrelid = pg_class.oid), 0))`,
    );
    await owner.end();
    for (const { name, file } of rows) files.set(name, path.join('pg', file));
  }

  /** With the newest database, but one file as it was; all is put right again behind it. */
  async function withOld(relation: string, examine: () => Promise<void>): Promise<void> {
    const file = fs.openSync(path.join(cluster, files.get(relation)!), 'r+');
    // Pages that are newer than the old file stay.
    fs.writeSync(file, fs.readFileSync(path.join(aside('old'), files.get(relation)!)));
    fs.closeSync(file);
    await start();
    try {
      await examine();
    } finally {
      await stop();
      fs.rmSync(cluster, { recursive: true });
      copy(aside('newest'), cluster);
    }
  }

  const tables = AT_LENGTH ? Object.keys(BY_ROWS) : FEW.filter((name) => name in BY_ROWS);
  const INDEXES = [
    'checkpoint_pkey',
    'cosignature_pkey',
    'disclosure_pkey',
    'entry_digest',
    'entry_pkey',
    'evidence_pkey',
    'lineage_parent',
    'lineage_pkey',
    'mention_pkey',
    'state_pkey',
    'statement_identity',
    'statement_pkey',
    'tile_pkey',
    'witness_evidence_pkey',
  ];
  const indexes = AT_LENGTH ? INDEXES : FEW.filter((name) => !(name in BY_ROWS));

  it('is any of these: no table and no index is forgotten', () => {
    const known = [...Object.keys(BY_ROWS), ...NOT_FOUND, ...INDEXES, ...UNCHANGED];
    expect([...files.keys()].sort()).toEqual(known.sort());
  });

  it('is not seen where there is none', async () => {
    await start();
    const findings = await audit();
    await stop();
    expect(findings).toEqual([]);
  });

  it.each(tables)('T17: is found by what its rows no longer say (%s)', (table) =>
    withOld(table, async () => {
      expect((await audit()).map((finding) => finding.table)).toContain(BY_ROWS[table]);
    }),
  );

  it.each(indexes)('D3: is found when it is an index, though every row is there (%s)', (index) =>
    withOld(index, async () => {
      const detail = expect.stringContaining(`Its index ${index} does not lead`);
      expect(await audit()).toContainEqual(expect.objectContaining({ name: 'altered', detail }));
    }),
  );

  it('D3: is found when a statement was let in twice by the index that should have known it', () =>
    withOld('statement_identity', async () => {
      const { index: second } = await toy.sequencer.append(twice);
      const owner = new pg.Client({ connectionString: server.adminUrl });
      await owner.connect();
      const { rows } = await owner.query(
        `SELECT count(*)::int AS times FROM statement WHERE identity || ''::bytea = $1`,
        [Buffer.from(twice.identity, 'hex')],
      );
      await owner.end();
      expect(rows[0].times).toBe(2);
      expect(second).toBeGreaterThan(2 * TRANSFERS);
      expect((await audit()).map(({ detail }) => detail).join()).toMatch(/statement_identity/);
    }));
});
