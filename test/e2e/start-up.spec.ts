import fs from 'node:fs';
import path from 'node:path';
import { Keystore } from '#lib/keys';
import { pino } from 'pino';
import { readConfiguration } from '../../apps/registry/src/configuration.js';
import { openDatabase } from '../../apps/registry/src/database.js';
import { openRegistry } from '../../apps/registry/src/open-registry.js';
import { keystoreFile } from '../../apps/registry/src/registry-keys.js';
import { runOn } from '../support/database.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describe('starting a registry', () => {
  let au: TestRegistry;
  const open = (changes: object) =>
    openRegistry({ ...au.configuration, ...changes }, au.database, pino({ level: 'silent' }));

  beforeAll(async () => {
    au = await startRegistry();
  });
  afterAll(() => au?.close());

  it('finds its genesis again and does not write another', async () => {
    const again = await startRegistry({ like: au });
    expect(await again.registry.log.treeSize()).toBe(1);
    expect(again.registry.identity).toEqual(au.registry.identity);
    expect(again.authority.did).toBe(au.authority.did);
    await again.stop();
  });

  it('founds one registry when two processes start at once', async () => {
    const us = await startRegistry({ jurisdiction: 'US' });
    const others = await Promise.all([startRegistry({ like: us }), startRegistry({ like: us })]);
    for (const other of others) {
      expect(await other.registry.log.treeSize()).toBe(1);
      await other.stop();
    }
    await us.close();
  });

  it('keeps its domain: another one in the settings is refused', async () => {
    await expect(open({ domain: 'other.example' })).rejects.toThrow(
      'This database is the registry of au.registry.example and stays so',
    );
  });

  it('does not start under a keystore that belongs to another registry', async () => {
    const dataFolder = fs.mkdtempSync(path.join(au.configuration.dataFolder, 'other-'));
    const other = { ...au.configuration, dataFolder };
    await expect(open({ dataFolder })).rejects.toThrow('is missing: restore it');
    await Keystore.create(
      keystoreFile(other),
      other.passphrase,
      ['statement', 'log', 'witness', 'session'],
      { cost: 2 ** 14 },
    );
    await expect(open({ dataFolder })).rejects.toThrow('does not hold the log key');
  });

  it.each(['DATABASE_URL', 'DATABASE_ADMIN_URL'])(
    'says what %s looks like when it is no address, and repeats no password',
    (name) => {
      const good = { DATABASE_URL: 'postgres://db/registry' };
      const read = () => readConfiguration({ ...good, [name]: 'secret@db/registry' });
      expect(read).toThrow(`${name} is no address of a PostgreSQL database`);
      expect(read).not.toThrow('secret');
    },
  );

  it('names the data folder that cannot be made', async () => {
    const file = path.join(au.configuration.dataFolder, 'a-file');
    fs.writeFileSync(file, '');
    const dataFolder = path.join(file, 'data');
    await expect(
      openDatabase({ ...au.configuration, database: undefined, dataFolder }),
    ).rejects.toThrow(
      `The folder ${dataFolder}/database cannot be made or written (ENOTDIR): set LODESTONE_DATA`,
    );
  });

  it('leaves a database alone that a later release has changed', async () => {
    const { url, adminUrl } = au.database;
    const later = `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`;
    await runOn(adminUrl, [later]);
    await expect(
      openDatabase({ ...au.configuration, database: { url, adminUrl } }),
    ).rejects.toThrow(
      'changed by a later release of Lodestone (Later9999999999999). Start that release',
    );
    await runOn(adminUrl, ["DELETE FROM migrations WHERE name = 'Later9999999999999'"]);
  });

  it('does not start with a wrong passphrase', async () => {
    await expect(open({ passphrase: 'not the passphrase' })).rejects.toThrow(/passphrase/);
  });

  it('gives a session that every process of the registry understands', async () => {
    const again = await startRegistry({ like: au });
    const miner = await au.party('Wandarra Mining', ['processor']);
    const answer = await again
      .http()
      .get('/batches/none')
      .set('authorization', await au.session(miner));
    expect(answer.status).toBe(404);
    await again.stop();
  });
});

describe('the configuration', () => {
  it('has a sound answer for everything that is not set', () => {
    expect(readConfiguration({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      jurisdiction: 'AU',
      name: 'Lodestone registry AU',
      domain: undefined,
      database: undefined,
      hasDevelopmentPassphrase: true,
    });
  });

  it('serves and migrates under different roles when it is given two', () => {
    const { database } = readConfiguration({
      DATABASE_URL: 'postgres://app@db/lodestone',
      DATABASE_ADMIN_URL: 'postgres://owner@db/lodestone',
    });
    expect(database).toEqual({
      url: 'postgres://app@db/lodestone',
      adminUrl: 'postgres://owner@db/lodestone',
    });
  });

  it.each([
    [{ PORT: 'eighty' }, 'PORT is "eighty"'],
    [{ PORT: '70000' }, 'PORT is "70000"'],
    [{ LODESTONE_JURISDICTION: 'Australia' }, 'an ISO 3166-1 code'],
    [{ LODESTONE_DOMAIN: 'https://registry.example' }, 'a lower-case domain'],
  ])('says what is wrong with %j', (env, message) => {
    expect(() => readConfiguration(env)).toThrow(message);
  });
});
