import fs from 'node:fs';
import path from 'node:path';
import { generateKey, Keystore, nodeCrypto, signerOf } from '#lib/keys';
import { migrateDatabase } from '#lib/store';
import { originHash } from '#lib/tlog';
import { keystoreFile, KEY_NAMES } from '../../apps/registry/src/registry-keys.js';
import type { Health } from '../../apps/registry/src/health/read-health.js';
import { besideSyncing, copyDatabase, freshDatabase, runOn } from '../support/database.js';
import { startRegistry, submission, TestRegistry } from '../support/registry.js';
import {
  listeningRegistry,
  logLine,
  until,
  witnessLine,
  writePolicy,
  type PublicRegistry,
} from '../support/witnesses.js';

const ready = async (registry: TestRegistry) => {
  const answer = await registry.http().get('/health/ready');
  return { httpStatus: answer.status, ...(answer.body as Health) };
};

describe('a registry that starts again', () => {
  /** Undefined when a story ends without it. */
  let au: TestRegistry;
  let witness: PublicRegistry;

  beforeAll(async () => {
    witness = await listeningRegistry({ jurisdiction: 'US' });
  });
  let origins = 0;
  beforeEach(async () => {
    // The witness never forgets an origin, so each story has its own.
    au = await startRegistry({ domain: `au${++origins}.registry.example` });
    writePolicy(witness.registry, `log ${au.registry.identity.vkey}`, 'quorum none');
    writePolicy(au, witnessLine(witness), 'quorum us');
    await au.party('Wandarra Mining', ['processor']);
    await cosigned(au);
  });
  afterEach(() => au?.close());
  afterAll(() => witness?.registry.close());

  const cosigned = (registry: TestRegistry) =>
    until(
      () => ready(registry),
      ({ witnesses }) => witnesses[0]?.lag === 0,
    );
  const again = async (like: TestRegistry = au) => {
    au = await startRegistry({ like });
    return ready(au);
  };
  const partyStatus = async () => {
    const key = signerOf(generateKey());
    const subject = {
      id: key.did,
      name: 'Late Mining',
      country: 'AU',
      roles: ['processor'],
      keys: [key.publicKeyMultibase],
    };
    const body = await submission(au.authority, 'PartyRegistration', subject, { with: [key] });
    const answer = await au.submit(body);
    return [answer.status, (answer.body as { type?: string }).type];
  };
  const leaveStopped = async () => {
    await au.database.drop();
    fs.rmSync(au.configuration.dataFolder, { recursive: true });
    au = undefined!;
  };
  const asOwner = (...statements: string[]) =>
    runOn(au.database.adminUrl, ['SET session_replication_role = replica', ...statements]);

  it('records on when a witness holds what it holds', async () => {
    await au.stop();
    expect(await again()).toMatchObject({ httpStatus: 200, status: 'ready', treeSize: 2 });
    expect(await partyStatus()).toEqual([201, undefined]);
  });

  it('recognises that its database is an older copy, and never signs', async () => {
    await au.stop();
    const copy = await copyDatabase(au.database);
    au = await startRegistry({ like: au });
    await au.party('Goldfields Separation', ['processor']);
    await cosigned(au);
    await au.stop();

    const original = au.database;
    const restored = await again(
      new TestRegistry(au.app, au.registry, au.authority, au.configuration, copy),
    );
    await original.drop();
    expect(restored).toMatchObject({ httpStatus: 503, status: 'read-only', treeSize: 2 });
    expect(restored.reason).toBe(
      `The witness us (${witness.url}/witness) was asked: it holds 3 entries of ${au.registry.identity.origin} ` +
        'under our signature, and this database has 2. The database was restored from an older copy, or has lost entries.',
    );
    expect(await partyStatus()).toEqual([503, 'urn:lodestone:problem:log-read-only']);
    expect((await ready(au)).treeSize).toBe(2);
    await au.http().get('/log/checkpoint').expect(200);
    await au.http().get('/log/entries/1/proof').expect(200);
    await au.http().get('/witness').expect(200);
  });

  it('does not witness for others either, when its database is an older copy', async () => {
    await au.stop();
    const copy = await copyDatabase(au.database);
    au = await startRegistry({ like: au });
    await au.party('Goldfields Separation', ['processor']);
    await cosigned(au);
    await au.stop();
    const original = au.database;
    await again(new TestRegistry(au.app, au.registry, au.authority, au.configuration, copy));
    await original.drop();
    const answer = await au.http().post('/witness/add-checkpoint').send('old 0\n\n');
    expect([answer.status, answer.body.type]).toEqual([503, 'urn:lodestone:problem:log-read-only']);
  });

  it('recognises a database of the same size with another end', async () => {
    await au.stop();
    const copy = await copyDatabase(au.database);
    const { policyFile } = au.configuration;
    const policy = fs.readFileSync(policyFile);
    fs.rmSync(policyFile);
    au = await startRegistry({ like: au });
    await au.party('Said to nobody', ['processor']);
    await au.stop();
    const forked = au.database;

    fs.writeFileSync(policyFile, policy);
    au = await startRegistry({
      like: new TestRegistry(au.app, au.registry, au.authority, au.configuration, copy),
    });
    await au.party('Said to the witness', ['processor']);
    await cosigned(au);
    await au.stop();

    const { status, reason } = await again(
      new TestRegistry(au.app, au.registry, au.authority, au.configuration, forked),
    );
    await copy.drop();
    expect([status, reason]).toEqual([
      'read-only',
      expect.stringMatching(/us \(.*holds another tree of 3 entries/),
    ]);
  });

  it('waits until one of its witnesses answers, and witnesses for others meanwhile', async () => {
    await au.stop();
    const { port } = new URL(witness.url);
    await witness.registry.stop();
    const alone = await again();
    expect(alone).toMatchObject({ httpStatus: 503, status: 'read-only' });
    expect(alone.reason).toContain(`No witness has answered since the start`);
    expect(alone.reason).toContain(`us (${witness.url}/witness)`);
    expect(await partyStatus()).toEqual([503, 'urn:lodestone:problem:log-read-only']);
    writePolicy(au, logLine(witness), witnessLine(witness), 'quorum us');
    await au.http().post('/witness/add-checkpoint').send('old 0\n\n').expect(400);
    await au
      .http()
      .get(`/witness/${originHash(nodeCrypto.sha256, 'nobody')}/checkpoint`)
      .expect(404);

    witness = await listeningRegistry({ like: witness.registry, port: Number(port) });
    await until(
      () => ready(au),
      ({ status }) => status === 'ready',
    );
    expect(await partyStatus()).toEqual([201, undefined]);
  });

  it('starts without any witness when it is told to', async () => {
    await au.stop();
    writePolicy(au, witnessLine(witness).replace(/http:.*/, 'http://127.0.0.1:1/'), 'quorum us');
    const configuration = { ...au.configuration, startsWithoutWitnesses: true };
    const told = await again(
      new TestRegistry(au.app, au.registry, au.authority, configuration, au.database),
    );
    expect(told.status).toBe('ready');
  });

  it.each([
    ['statement bytes', "UPDATE statement SET bytes = bytes || '\\x20' WHERE index = 1"],
    ['a statement that is gone', 'DELETE FROM statement WHERE index = 0'],
    ['a leaf hash', 'UPDATE entry SET leaf_hash = sha256(leaf_hash) WHERE index = 0'],
    ['an entry that is gone', 'DELETE FROM entry WHERE index = 0'],
  ])('stays read-only over a database where somebody changed %s', async (_what, change) => {
    await au.stop();
    await asOwner(change);
    const { status, reason } = await again();
    expect([status, reason]).toEqual([
      'read-only',
      expect.stringMatching(/^The log in the database does not hold: .* Run lodestone audit\.$/),
    ]);
  });

  it.each([
    ['root', "UPDATE log_head SET root = sha256('x')", /was not signed/],
    ['edge', 'UPDATE log_head SET edge = edge || edge', /edge of a tree/],
    ['size', 'UPDATE log_head SET size = 1', /another size/],
  ])('does not start over a head with another %s', async (_what, change, reason) => {
    await au.stop();
    await asOwner(change);
    await expect(startRegistry({ like: au })).rejects.toThrow(reason);
    await expect(startRegistry({ like: au })).rejects.toThrow('Nothing was signed');
    await leaveStopped();
  });

  it('does not start with the keystore of another registry', async () => {
    await au.stop();
    const file = keystoreFile(au.configuration);
    fs.rmSync(file);
    await Keystore.create(file, au.configuration.passphrase, KEY_NAMES, { cost: 2 ** 14 });
    await expect(startRegistry({ like: au })).rejects.toThrow(/does not hold the log key of/);
    await leaveStopped();
  });

  it('records nothing while its clock is behind its last entry', async () => {
    await au.stop();
    await asOwner("UPDATE log_head SET recorded_at = recorded_at + interval '1 hour'");
    const { status, warnings } = await again();
    expect([status, besideSyncing(warnings)]).toEqual([
      'ready',
      [expect.stringMatching(/^The last entry was recorded .* after what the clock says now/)],
    ]);
    expect(await partyStatus()).toEqual([503, 'urn:lodestone:problem:clock-behind']);
  });
});

describe('a registry that starts for the first time', () => {
  it('does not start with a policy that is malformed, and says which line', async () => {
    const au = await startRegistry();
    await au.stop();
    fs.writeFileSync(path.join(au.configuration.dataFolder, 'policy.txt'), 'witness who\n');
    await expect(startRegistry({ like: au })).rejects.toThrow(/policy\.txt .*Line 1: /);
    await au.database.drop();
  });

  it('founds no second log where witnesses hold the first, whose database is lost', async () => {
    const us = await listeningRegistry({ jurisdiction: 'US' });
    const au = await startRegistry();
    writePolicy(us.registry, `log ${au.registry.identity.vkey}`, 'quorum none');
    writePolicy(au, witnessLine(us), 'quorum us');
    await until(
      () => ready(au),
      ({ witnesses }) => witnesses[0]?.lag === 0,
    );
    await au.stop();
    const empty = await freshDatabase();
    await migrateDatabase(empty.adminUrl);
    const bare = new TestRegistry(au.app, au.registry, au.authority, au.configuration, empty);
    await expect(startRegistry({ like: bare })).rejects.toThrow(
      /No registry can be founded here: The witness us .* holds 1 entries/,
    );
    await Promise.all([empty.drop(), au.database.drop(), us.registry.close()]);
  });
});
