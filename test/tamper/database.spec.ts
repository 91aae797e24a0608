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
import { AT, FORGERIES } from './forgeries.js';

const PARTIES = 9;
const SIZE = PARTIES + 1;

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

  async function audit() {
    const { pool, log, replay } = forger;
    return (await auditLedger({ pool, log, replay })).findings;
  }

  /** Reads the log as anybody can who kept its checkpoint; the file is left as it was. */
  async function watch(): Promise<string> {
    const reader = new LogReader(forger.pool, forger.log, () => undefined);
    const read = async (file: string) => {
      if (file.startsWith('checkpoints') || file === 'keys') return undefined;
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
    const found = await forger.owner.query('SELECT digest FROM entry WHERE index = $1', [index]);
    return (found.rows[0] as { digest: Buffer }).digest.toString('hex');
  };

  it.each(FORGERIES)('%s is found: %s', async (_id, _story, tamper, expected) => {
    const digest = await digestAt(AT);
    await forger.during(
      () => tamper(forger, rows),
      async () => {
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
      },
    );
    expect([await audit(), await watch()]).toEqual([[], 'sound']);
  });

  it.each([
    '',
    '[ ]',
    '{}',
    '[',
    '[]}',
    '[],"statement":{}',
    '[],"more":{}',
    '[{"salt":"","value":"',
  ])(
    'finds disclosures that read %p: a statement is opened by those that it came with, and no other way',
    async (text) => {
      const { origin } = forger.log;
      await forger.during(
        () =>
          forger.owner.query('INSERT INTO disclosure (origin, index, bytes) VALUES ($1, $2, $3)', [
            origin,
            AT,
            Buffer.from(text),
          ]),
        async () =>
          expect(await audit()).toContainEqual(
            expect.objectContaining({ name: 'unreadable', table: 'disclosure', index: AT }),
          ),
      );
    },
  );

  it.each(['infinity', '-infinity', '12026-01-01', '0044-03-15 BC'])(
    'finds an entry, or a head, that was recorded at %s',
    async (time) => {
      await forger.during(
        () => forger.owner.query('UPDATE entry SET recorded_at = $1 WHERE index = $2', [time, AT]),
        async () =>
          expect(await audit()).toContainEqual(
            expect.objectContaining({ name: 'altered', table: 'entry', index: AT }),
          ),
      );
      await forger.during(
        () => forger.owner.query('UPDATE log_head SET recorded_at = $1', [time]),
        async () =>
          expect(await audit()).toEqual([
            expect.objectContaining({ name: 'altered', table: 'log_head' }),
          ]),
      );
    },
  );

  it('gives nobody a forged receipt in any of these cases: each is proved before it leaves', async () => {
    await forger.during(
      () => forger.replace(rows.with(AT, edited(rows[AT]!, true)), { tree: true }),
      async () => {
        const { status, body } = await au.http().get(`/log/entries/${AT}/proof?size=${SIZE}`);
        expect([status, body.type]).toEqual([500, 'urn:lodestone:problem:internal']);
        expect(nodeCrypto.sha256(edited(rows[AT]!, false).bytes)).not.toEqual(rows[AT]!.digest);
      },
    );
  });
});
