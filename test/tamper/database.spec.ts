import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeCrypto } from '#lib/keys';
import { Problem } from '#lib/problem';
import { auditLedger, LogReader } from '#lib/store';
import { readLogFile } from '../../apps/registry/src/log/log-file.js';
import { LogClient } from '../../apps/cli/src/log/log-client.js';
import { LogWatch } from '../../apps/cli/src/log/log-watch.js';
import { edited, Forger, type LedgerRow } from '../support/forger.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const PARTIES = 9;
const SIZE = PARTIES + 1;
const AT = 4;

/**
 * What each means of detection says of a forgery. `audit` is the operator's, from the bodies up;
 * `watcher` reads only what is public, but kept a checkpoint from before; `entry` is the registry
 * itself when it is asked for the entry at that index, and `statement` for that of the statement.
 */
interface Verdicts {
  /** What must be among the findings; or that there are none. */
  audit: { name: string; table: string; index?: number | null } | 'sound';
  watcher: string;
  entry: Answer;
  statement: Answer;
}

/** `refused` is a fault of the registry's own (500), which it tells its operator of. */
type Answer = 'served' | 'refused' | 'not found';

type Story = [id: string, story: string, tamper: () => Promise<unknown>, verdicts: Verdicts];

/*
 * T16 (guards off and on again) and T21 (a superuser's `session_replication_role`) are how the forger
 * gets in, in every story. T14, an edited list of witnesses, is the policy's story and not the
 * database's. T22, a replica that lies, meets the same readers as T1 to T3: what they serve is hashed
 * again as it is read.
 */
describe('a registry whose database is changed behind its back', () => {
  let au: TestRegistry;
  let forger: Forger;
  let rows: LedgerRow[];
  let folder: string;

  beforeAll(async () => {
    au = await startRegistry();
    for (let i = 0; i < PARTIES; i++) await au.party(`Party ${i}`, ['processor']);
    forger = await Forger.of(au);
    rows = await forger.rows();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-tamper-'));
    expect(await watch()).toEqual('sound');
  });
  afterAll(async () => {
    await forger?.owner.end();
    await au?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const sql = (text: string, values: unknown[] = []) => forger.owner.query(text, values);
  const replaceRow = (row: LedgerRow) => rows.map((each, i) => (i === AT ? row : each));
  const dayBefore = (time: Date) => new Date(time.getTime() - 86_400_000);

  async function audit() {
    const { pool, log, replay } = forger;
    return (await auditLedger({ pool, log, replay })).findings;
  }

  /** Reads the log as anybody can who kept its checkpoint; the file is left as it was. */
  async function watch(): Promise<string> {
    const reader = new LogReader(forger.pool, forger.log, () => undefined);
    const read = async (file: string) => {
      if (file.startsWith('checkpoints')) return undefined;
      return readLogFile(reader, file).catch((fault: unknown) => {
        if (fault instanceof Problem && fault.problem === 'not-found') return undefined;
        throw new Error('answered 500');
      });
    };
    const checkpointFile = path.join(folder, 'checkpoint');
    const kept = fs.existsSync(checkpointFile) ? fs.readFileSync(checkpointFile) : undefined;
    const client = new LogClient({ name: 'registry', read }, forger.log.keys);
    try {
      const { findings } = await new LogWatch(client, { checkpointFile }).inspect();
      return findings[0]?.name ?? 'sound';
    } catch (fault) {
      return (fault as Error).message;
    } finally {
      if (kept) fs.writeFileSync(checkpointFile, kept);
    }
  }

  const answer = async (url: string) => {
    const { status } = await au.http().get(url);
    return status === 200 ? 'served' : status === 404 ? 'not found' : 'refused';
  };
  const digestAt = async (index: number) => {
    const found = await sql('SELECT digest FROM entry WHERE index = $1', [index]);
    return (found.rows[0] as { digest: Buffer }).digest.toString('hex');
  };

  const SERVED = { entry: 'served', statement: 'served' } as const;
  const REFUSED = { entry: 'refused', statement: 'refused' } as const;

  const stories: Story[] = [
    [
      'T1',
      'a body is edited, and nothing else',
      () => forger.replace(replaceRow(edited(rows[AT]!, false))),
      {
        audit: { name: 'altered', table: 'statement', index: AT },
        watcher: 'sound',
        entry: 'served',
        statement: 'refused',
      },
    ],
    [
      'T2',
      'a body and its digest are edited, so that its leaf hash no longer fits',
      () => forger.replace(replaceRow(edited(rows[AT]!, true))),
      {
        audit: { name: 'altered', table: 'entry', index: AT },
        watcher: 'answered 500',
        entry: 'refused',
        statement: 'not found',
      },
    ],
    [
      'T3',
      'a body is edited and the whole tree computed again, under the checkpoints that were signed',
      () => forger.replace(replaceRow(edited(rows[AT]!, true)), { tree: true }),
      {
        audit: { name: 'altered', table: 'checkpoint', index: AT + 1 },
        watcher: 'altered',
        entry: 'refused',
        statement: 'not found',
      },
    ],
    [
      'T4a',
      'the same, and every checkpoint signed again with the log key; a party’s signature is missing',
      () => forger.replace(replaceRow(edited(rows[AT]!, true)), { tree: true, signed: true }),
      {
        audit: { name: 'unreadable', table: 'statement', index: AT },
        watcher: 'forked',
        entry: 'served',
        statement: 'not found',
      },
    ],
    [
      'T4b',
      'an entry is left out with the log key in hand, and everything made again without it',
      () =>
        forger.replace(
          rows.filter((_, i) => i !== AT),
          { tree: true, signed: true, projections: true },
        ),
      { audit: 'sound', watcher: 'rolled-back', entry: 'served', statement: 'not found' },
    ],
    [
      'T4c',
      'entries change places with the log key in hand, and everything is made again',
      () => {
        const times = rows.map(({ recorded_at }) => recorded_at);
        const swapped = rows.with(AT, rows[AT + 1]!).with(AT + 1, rows[AT]!);
        const dated = swapped.map((row, i) => ({ ...row, recorded_at: times[i]! }));
        return forger.replace(dated, { tree: true, signed: true, projections: true });
      },
      { audit: 'sound', watcher: 'forked', ...SERVED },
    ],
    [
      'T5',
      'the last entries are cut off, and the head is set back to an old signed checkpoint',
      async () => {
        await forger.replace(rows.slice(0, 7), { tree: true, projections: false });
        await sql('DELETE FROM checkpoint WHERE size > 7');
        await sql(
          'UPDATE log_head SET epoch = 7, checkpoint = (SELECT note FROM checkpoint WHERE size = 7)',
        );
        await forger.replace(rows.slice(0, 7), { tree: true, projections: true });
      },
      { audit: 'sound', watcher: 'rolled-back', ...SERVED },
    ],
    [
      'T6',
      'an entry in the middle is deleted',
      () => sql('DELETE FROM entry WHERE index = $1', [AT]),
      {
        audit: { name: 'missing', table: 'entry', index: AT },
        watcher: 'answered 500',
        entry: 'refused',
        statement: 'not found',
      },
    ],
    [
      'T7',
      'two entries change places',
      () => forger.replace(rows.with(AT, rows[AT + 1]!).with(AT + 1, rows[AT]!)),
      {
        audit: { name: 'altered', table: 'entry', index: AT },
        watcher: 'answered 500',
        ...REFUSED,
      },
    ],
    [
      'T8',
      'a back-dated entry is slipped in, and the tree computed again',
      () => {
        const late = { ...rows.at(-1)!, recorded_at: rows[AT]!.recorded_at };
        const slipped = [...rows.slice(0, AT), late, ...rows.slice(AT, -1)];
        return forger.replace(slipped, { tree: true });
      },
      {
        audit: { name: 'altered', table: 'checkpoint', index: AT + 1 },
        watcher: 'altered',
        entry: 'refused',
        statement: 'refused',
      },
    ],
    [
      'T9',
      'an entry is given another number',
      () => sql('UPDATE entry SET index = 99 WHERE index = $1', [AT]),
      {
        audit: { name: 'surplus', table: 'entry', index: 99 },
        watcher: 'answered 500',
        entry: 'refused',
        statement: 'not found',
      },
    ],
    [
      'T10',
      'only what is beside the signed bytes is edited: a statement is filed as another type',
      () => sql(`UPDATE statement SET type = 'Release' WHERE index = $1`, [AT]),
      {
        audit: { name: 'altered', table: 'statement', index: AT },
        watcher: 'sound',
        ...SERVED,
      },
    ],
    [
      'T11',
      'what is read is edited: a party has a role that nobody gave it',
      () =>
        sql(
          `UPDATE state SET value = replace(value, '"processor"', '"authority"')
           WHERE key LIKE 'party:%' AND value LIKE '%"processor"%'`,
        ),
      { audit: { name: 'differs', table: 'state' }, watcher: 'sound', ...SERVED },
    ],
    [
      'T12',
      'a key of the forger’s is put in for an honest party’s',
      () =>
        sql(
          `UPDATE state SET key = 'key:zForger'
           WHERE key = (SELECT max(key) FROM state WHERE key LIKE 'key:%')`,
        ),
      { audit: { name: 'surplus', table: 'state' }, watcher: 'sound', ...SERVED },
    ],
    [
      'T13',
      'a statement is hidden from those who look for it',
      () => sql('DELETE FROM mention WHERE index = $1', [AT]),
      { audit: { name: 'missing', table: 'mention', index: AT }, watcher: 'sound', ...SERVED },
    ],
    [
      'T15',
      'the head is set back between two batches',
      () =>
        sql(
          `UPDATE log_head SET size = 7, checkpoint = (SELECT note FROM checkpoint WHERE size = 7)`,
        ),
      {
        audit: { name: 'altered', table: 'log_head' },
        watcher: 'rolled-back',
        ...SERVED,
      },
    ],
    [
      'T17',
      'an old page comes back under a valid checksum: an entry is what it was before a repair',
      async () => {
        await sql(`UPDATE entry SET leaf_hash = sha256('old') WHERE index = $1`, [AT]);
      },
      {
        audit: { name: 'altered', table: 'entry', index: AT },
        watcher: 'answered 500',
        ...REFUSED,
      },
    ],
    [
      'T18',
      'a retry is made to give another’s receipt',
      () => sql(`UPDATE statement SET identity = sha256('another') WHERE index = $1`, [AT]),
      { audit: { name: 'altered', table: 'statement', index: AT }, watcher: 'sound', ...SERVED },
    ],
    [
      'T19',
      'an entry is given another time',
      () =>
        sql('UPDATE entry SET recorded_at = $2 WHERE index = $1', [
          AT,
          dayBefore(rows[AT]!.recorded_at),
        ]),
      {
        audit: { name: 'altered', table: 'entry', index: AT },
        watcher: 'answered 500',
        ...REFUSED,
      },
    ],
    [
      'T20',
      'an entry is given to another registry',
      () => sql(`UPDATE entry SET origin = 'us.registry.example/log' WHERE index = $1`, [AT]),
      {
        audit: { name: 'missing', table: 'entry', index: AT },
        watcher: 'answered 500',
        entry: 'refused',
        statement: 'not found',
      },
    ],
  ];

  it.each(stories)('%s is found: %s', async (_id, _story, tamper, expected) => {
    const digest = await digestAt(AT);
    await forger.during(tamper, async () => {
      const findings = await audit();
      if (expected.audit === 'sound') expect(findings).toEqual([]);
      else expect(findings).toContainEqual(expect.objectContaining(expected.audit));
      const seen = {
        watcher: await watch(),
        entry: await answer(`/log/entries/${AT}/proof`),
        statement: await answer(`/log/entries/by-digest/${digest}/proof`),
      };
      const { audit: _, ...others } = expected;
      expect(seen).toEqual(others);
    });
    expect([await audit(), await watch()]).toEqual([[], 'sound']);
  });

  it('gives nobody a forged receipt in any of these cases: each is proved before it leaves', async () => {
    await forger.during(
      () => forger.replace(replaceRow(edited(rows[AT]!, true)), { tree: true }),
      async () => {
        const { status, body } = await au.http().get(`/log/entries/${AT}/proof?size=${SIZE}`);
        expect([status, body.type]).toEqual([500, 'urn:lodestone:problem:internal']);
        expect(nodeCrypto.sha256(edited(rows[AT]!, false).bytes)).not.toEqual(rows[AT]!.digest);
      },
    );
  });
});
