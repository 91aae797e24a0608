import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { nodeCrypto } from '#lib/keys';
import { formatAddCheckpoint, leafHash } from '#lib/tlog';
import { StaticLog } from '../support/static-log.js';
import { makeLot, openTrade, registration, tradeLot, type Trade } from './load.js';
import { Rig } from './rig.js';
import { AT_LENGTH } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 600_000 : 90_000);

/** By what the audit names the older pages of a table: in most cases the table itself. */
const NAMED: Record<string, string> = {
  state: 'state',
  log_head: 'entry',
  entry: 'entry',
  statement: 'statement',
  checkpoint: 'checkpoint',
  mention: 'mention',
  lineage: 'lineage',
  tile: 'tile',
};
/** Enough to fill a tile each time, at length. */
const PARTIES = AT_LENGTH ? 260 : 30;

describe('a file of the database that comes back from the past', () => {
  const other = new StaticLog('us.example/log').grow(1);
  let rig: Rig;
  let trade: Trade;
  const files: Record<string, string> = {};
  const aside = (name: string) => `${rig.clusterFolder}.${name}`;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1, ownDatabase: true });
    rig.writePolicy(rig.witness!.policyLine, `log ${other.vkey}`);
    trade = await openTrade(rig.audience);
    await record('before');
    expect((await cosign(0)).status).toBe(200);
    await cosigned();
    for (const table of [...Object.keys(NAMED), 'cosignature', 'witness_state'])
      files[table] = await fileOf(table);
    await whileStopped(() => copy(rig.clusterFolder, aside('old')));
    await record('after');
    other.grow(1);
    expect((await cosign(1)).status).toBe(200);
    await cosigned();
    await stop();
    copy(rig.clusterFolder, aside('newest'));
  });
  afterAll(() => rig?.close());

  /** Something new in every table. */
  async function record(name: string): Promise<void> {
    const bodies = await Promise.all(
      Array.from({ length: PARTIES }, () => registration(rig.audience)),
    );
    await Promise.all(bodies.map((body) => rig.testimony.say(() => rig.urls, body)));
    await tradeLot(rig.audience, trade, name);
    await makeLot(rig.audience, trade, `made-${name}`);
  }

  /** The other log shows its checkpoint, with the proof from a size, and asks for a cosignature. */
  async function cosign(from: number): Promise<{ status: number; text: string }> {
    const body = formatAddCheckpoint({
      oldSize: from,
      // One entry more each time: RFC 6962 §2.1.2 from 1 to 2, and from 2 to 3.
      proof:
        from === 0
          ? []
          : other.entries.slice(from).map((entry) => leafHash(nodeCrypto.sha256, entry)),
      note: other.checkpoint,
    });
    const answer = await fetch(`${rig.urls[0]}/witness/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', connection: 'close' },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** Until the witness has cosigned all that there is, as the registry knows. */
  async function cosigned(): Promise<void> {
    for (let i = 0; i < 100; i++, await sleep(50)) {
      const answer = await fetch(`${rig.urls[0]}/health/ready`, {
        headers: { connection: 'close' },
      });
      const { treeSize, witnesses } = (await answer.json()) as {
        treeSize: number;
        witnesses: { cosignedSize: number }[];
      };
      if (witnesses[0]?.cosignedSize === treeSize) return;
    }
    throw new Error('The witness was not asked again');
  }

  const copy = (from: string, to: string) => execFileSync('cp', ['-a', '--reflink=auto', from, to]);

  /** Where a table lies on disk, below the folder of the cluster. */
  async function fileOf(table: string): Promise<string> {
    const owner = new pg.Client({ connectionString: rig.adminUrl });
    await owner.connect();
    const { rows } = await owner.query('SELECT pg_relation_filepath($1) AS file', [table]);
    await owner.end();
    return path.join('pg', rows[0].file);
  }

  async function stop(): Promise<void> {
    await rig.processes[0]!.stop();
    await rig.cluster!.stop();
  }

  async function whileStopped(change: () => void): Promise<void> {
    await stop();
    change();
    await rig.restartDatabase();
    await rig.processes[0]!.start();
  }

  /** With the newest database, but some tables as they were; all is put right again behind it. */
  async function withOldPages(
    tables: readonly string[],
    examine: () => Promise<void>,
  ): Promise<void> {
    for (const table of tables) {
      const file = fs.openSync(path.join(rig.clusterFolder, files[table]!), 'r+');
      // Pages that are newer than the old file stay.
      fs.writeSync(file, fs.readFileSync(path.join(aside('old'), files[table]!)));
      fs.closeSync(file);
    }
    await rig.restartDatabase();
    try {
      await examine();
    } finally {
      await stop();
      // Not the tables alone: their indexes have forgotten by now what they did not find there.
      fs.rmSync(rig.clusterFolder, { recursive: true });
      copy(aside('newest'), rig.clusterFolder);
    }
  }

  const apart = AT_LENGTH ? Object.keys(NAMED) : ['log_head', 'state'];

  it.each(apart)(
    'T17: pages come back as they were, under valid checksums, and the audit names them (%s)',
    async (table) => {
      await withOldPages([table], async () => {
        const { findings } = await rig.audit();
        expect(findings).toContainEqual(expect.objectContaining({ table: NAMED[table] }));
      });
    },
  );

  it('T17: many tables at once are found out as well, each by its name', async () => {
    // Every page of them is found whose rows changed since; a tile fills only at length.
    const tables = Object.keys(NAMED).filter((table) => AT_LENGTH || table !== 'tile');
    const rows = tables.filter((table) => table !== 'log_head');
    await withOldPages(rows, async () => {
      const { findings } = await rig.audit();
      const named = findings.map(({ table }) => table as string);
      expect([...new Set(named)]).toEqual(expect.arrayContaining(rows));
    });
  });

  it('T17: cosignatures and what was cosigned for others come back, and those who hold them see it', async () => {
    await withOldPages(['cosignature', 'witness_state'], async () => {
      await rig.processes[0]!.start();
      // Ours are asked for again: nothing else shows that they were there.
      await cosigned();
      // The other log holds our line over 2 entries, and is told that we have seen 1.
      other.grow(1);
      expect(await cosign(2)).toEqual({ status: 409, text: '1\n' });
    });
  });

  it('leaves the log as it was when everything is as it was', async () => {
    await rig.restartDatabase();
    await rig.processes[0]!.start();
    expect(await rig.inspect()).toBeGreaterThan(2 * PARTIES);
  });
});
