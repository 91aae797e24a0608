import fs from 'node:fs';
import pg from 'pg';
import { generateKey, signerOf, type KeySigner } from '#lib/keys';
import { auditLedger } from '#lib/store';
import { freshDatabase } from '../support/database.js';
import { Forger } from '../support/forger.js';
import { startRegistry, submission, type TestRegistry } from '../support/registry.js';
import { TAMPERINGS } from './means.js';

describe('the list of tamperings', () => {
  it('has all of T1 to T22', () => {
    const ids = Array.from({ length: 22 }, (_, i) => `T${i + 1}`);
    expect(TAMPERINGS.map(([id]) => id)).toEqual(ids);
  });

  it.each(TAMPERINGS)('tries %s where it says: %s', (...tampering) => {
    for (const [file, story] of tampering[3])
      expect([file, fs.readFileSync(file, 'utf8').includes(story)]).toEqual([file, true]);
  });
});

describe('somebody behind the registry’s back', () => {
  let au: TestRegistry;
  let forger: Forger;
  let parties: KeySigner[];

  beforeAll(async () => {
    au = await startRegistry();
    parties = [await au.party('Honest one', ['processor']), await au.party('Two', ['processor'])];
    forger = await Forger.of(au);
  });
  afterAll(async () => {
    await forger?.owner.end();
    await au?.close();
  });

  const audit = async () => {
    const { pool, log, replay } = forger;
    const { findings } = await auditLedger({ pool, log, replay });
    return findings.map(({ name, table, index }) => `${name} ${table} ${index ?? ''}`.trim());
  };

  const facility = (issuer: KeySigner, owner: string) =>
    submission(
      issuer,
      'FacilityRegistration',
      {
        id: `${owner}/facilities/works`,
        name: 'The works',
        country: 'AU',
        location: { latitude: '-28.86', longitude: '122.54' },
        licensedSteps: ['separate'],
        capacity: [],
      },
      { with: [au.authority] },
    );

  it('T16: a trigger is switched off, and on again, and the audit needs none', async () => {
    const owner = new pg.Client({ connectionString: au.database.adminUrl });
    await owner.connect();
    const edit = "UPDATE statement SET bytes = bytes || ' '::bytea WHERE index = 1";
    try {
      await expect(owner.query(edit)).rejects.toThrow('the ledger is append-only');
      await forger.during(
        () =>
          owner.query(`ALTER TABLE statement DISABLE TRIGGER append_only; ${edit};
            ALTER TABLE statement ENABLE TRIGGER append_only`),
        async () => expect(await audit()).toContain('altered statement 1'),
      );
    } finally {
      await owner.end();
    }
  });

  it('T18: a retry whose identity points at another entry is refused, not given its receipt', async () => {
    const body = await facility(parties[1]!, parties[1]!.did);
    const { body: receipt } = await au.submit(body);
    await forger.during(
      async () => {
        const { rows } = await forger.owner.query(
          'SELECT identity FROM statement WHERE index = $1',
          [receipt.index],
        );
        await forger.owner.query(`UPDATE statement SET identity = '' WHERE index = $1`, [
          receipt.index,
        ]);
        await forger.owner.query('UPDATE statement SET identity = $1 WHERE index = 1', [
          rows[0].identity,
        ]);
      },
      async () => {
        const retry = await au.submit(body);
        expect([retry.status, retry.body.type]).toEqual([
          409,
          expect.stringMatching(/identity-conflict$/),
        ]);
        expect(await audit()).toContain('altered statement 1');
      },
    );
    expect((await au.submit(body)).body).toEqual(receipt);
  });

  it('T21: the role that serves can switch nothing off; who can is found by the audit', async () => {
    const serving = new pg.Client({ connectionString: au.database.url });
    await serving.connect();
    try {
      for (const sql of [
        'SET session_replication_role = replica',
        'ALTER TABLE entry DISABLE TRIGGER ALL',
        "UPDATE statement SET bytes = ''",
        'DELETE FROM entry',
      ])
        await expect(serving.query(sql)).rejects.toThrow(/permission denied|must be owner/);
    } finally {
      await serving.end();
    }
    await forger.during(
      () => forger.owner.query('DELETE FROM statement WHERE index = 1'),
      async () => expect(await audit()).toContain('missing statement 1'),
    );
  });

  it('T12: what a forger’s key was let in for is undecidable by the log', async () => {
    const [honest] = parties;
    const thief = signerOf(generateKey());
    const posing = { ...thief, did: honest!.did };
    await forger.during(
      () =>
        forger.owner.query(
          `INSERT INTO state SELECT 'key:' || $2,
             replace(value, '"publicKeyMultibase":"' || $1, '"publicKeyMultibase":"' || $2)
           FROM state WHERE key = 'key:' || $1`,
          [honest!.publicKeyMultibase, thief.publicKeyMultibase],
        ),
      async () => {
        const answer = await au.submit(await facility(posing, honest!.did));
        const findings = await audit();
        // The edited state let it in; the log itself never does.
        expect(answer.status).toBe(201);
        expect(findings).toContain('surplus state');
        expect(findings).toContain(`undecidable statement ${answer.body.index}`);
      },
    );
  });

  it('T22: a replica that was changed serves nothing of what was changed', async () => {
    const replica = await copyOf(au);
    const owner = new pg.Client({ connectionString: replica.adminUrl });
    await owner.connect();
    await owner.query('SET session_replication_role = replica');
    const reader = await startRegistry({ like: au, databaseUrl: replica.url });
    try {
      const path = '/log/entries/1/proof';
      expect((await reader.http().get(path)).body).toEqual((await au.http().get(path)).body);
      await owner.query(`UPDATE entry SET digest = sha256('x') WHERE index = 1`);
      expect((await reader.http().get(path)).status).toBe(500);
      expect((await au.http().get(path)).status).toBe(200);
    } finally {
      await owner.end();
      await reader.stop();
      await replica.drop();
    }
  });

  /** A second database with the same rows, as replication makes it. */
  async function copyOf(registry: TestRegistry) {
    const copy = await freshDatabase();
    const name = (url: string) => new URL(url).pathname.slice(1);
    // A template must have no sessions: the registry's own come back by themselves.
    await forger.owner.end();
    const server = new URL(copy.adminUrl);
    server.pathname = '/postgres';
    const admin = new pg.Client({ connectionString: server.toString() });
    await admin.connect();
    await admin.query(`DROP DATABASE ${name(copy.url)}`);
    await admin.query(`ALTER DATABASE ${name(registry.database.url)} ALLOW_CONNECTIONS false`);
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [
      name(registry.database.url),
    ]);
    await admin.query(`CREATE DATABASE ${name(copy.url)} TEMPLATE ${name(registry.database.url)}`);
    await admin.query(`ALTER DATABASE ${name(registry.database.url)} ALLOW_CONNECTIONS true`);
    await admin.end();
    return copy;
  }
});
