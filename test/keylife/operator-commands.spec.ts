import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Keystore } from '#lib/keys';
import { formatVerifierKey as keyText, parseNote } from '#lib/tlog';
import { logKeysIn } from '../../apps/registry/src/key-ring.js';
import { keystoreFile } from '../../apps/registry/src/registry-keys.js';
import { compileLibs } from '../support/compiled-libs.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const folder = path.resolve(`.data/operator-commands-${process.pid}`);

describe('an operator at the command line', () => {
  let au: TestRegistry;

  beforeAll(async () => {
    [au] = await Promise.all([startRegistry(), compileLibs(folder, ['libs', 'apps'])]);
    await au.party('Wandarra Mining Pty Ltd', ['processor']);
  });

  afterAll(async () => {
    await au.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Runs `lodestone …` on the registry's data folder and database. */
  function lodestone(...args: string[]) {
    const { dataFolder, passphrase } = au.configuration;
    const program = path.join(folder, 'apps/cli/src/main.js');
    const child = spawn(process.execPath, [program, ...args, '--data', dataFolder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        LODESTONE_PASSPHRASE: passphrase,
        DATABASE_URL: au.database.url,
        DATABASE_ADMIN_URL: au.database.adminUrl,
      },
    });
    return new Promise<{ code: number | null; output: string; complaint: string }>((resolve) => {
      let [output, complaint] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      child.once('close', (code) => resolve({ code, output, complaint }));
    });
  }

  it('rotates the keys of a registry that runs, which follows', async () => {
    const { code, output } = await lodestone('keys', 'rotate', '--overlap', '2', '--json');
    expect(code).toBe(0);
    const { statementKey, logKey, retireAt } = JSON.parse(output) as Record<string, string>;
    expect(Date.parse(retireAt!) - Date.now()).toBeGreaterThan(86_400_000);
    await au.registry.keys.refresh();
    expect(au.registry.signer.publicKeyMultibase).toBe(statementKey);
    expect(au.registry.keys.newestLogKey).toBe(logKey);
    await au.party('Afterwards Pty Ltd', ['buyer']);
    expect(parseNote(await au.registry.log.checkpoint()).signatures).toHaveLength(2);
  });

  it('is told what is wrong with an overlap', async () => {
    const { code, complaint } = await lodestone('keys', 'rotate', '--overlap', 'soon');
    expect(code).toBe(1);
    expect(complaint).toContain('it is a number of days');
  });

  it('succeeds the log, and is told so in words; then both are audited as one', async () => {
    const origin = 'au.registry.example/log/2027';
    const { code, output } = await lodestone('log', 'succeed', '--origin', origin);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(`${origin} has begun`);
    await expect(au.party('Too late', ['buyer'])).rejects.toThrow(origin);
    const audit = await lodestone('audit', '--json');
    expect(audit.code).toBe(0);
    expect(JSON.parse(audit.output)).toMatchObject({
      origin,
      treeSize: 1,
      predecessors: [{ origin: 'au.registry.example/log', treeSize: 4 }],
      findings: [],
    });
    const told = await lodestone('audit');
    expect(told.output).toContain('1 entries audited, and 4 of au.registry.example/log before it');
    expect(told.complaint).not.toContain('Not checked');
  });

  it.each(['au.registry.example/log', 'au.registry.example/log/2027'])(
    'exports %s, which anybody can audit under its keys',
    async (origin) => {
      const target = path.join(folder, origin.replaceAll('/', '-'));
      const exported = await lodestone('export', target, '--origin', origin, '--json');
      expect(exported).toMatchObject({ code: 0 });
      const { configuration } = au;
      const file = keystoreFile(configuration);
      const keystore = await Keystore.open(file, configuration.passphrase);
      const keys = logKeysIn(keystore, origin).flatMap((key) => ['--vkey', keyText(key)]);
      const audited = await lodestone('audit', target, ...keys, '--json');
      expect(JSON.parse(audited.output)).toMatchObject({ origin, findings: [] });
      const told = await lodestone('audit', target, ...keys);
      expect(told.complaint).toContain('nor a log that this one succeeds');
    },
  );

  it('cannot succeed it for another name afterwards, nor for the same', async () => {
    const again = await lodestone('log', 'succeed', '--origin', 'au.registry.example/log/2027');
    expect(again.code).toBe(1);
    expect(again.complaint).toContain('is the log of this registry already');
    const back = await lodestone('log', 'succeed', '--origin', 'au.registry.example/log');
    expect(back.code).toBe(1);
  });
});
