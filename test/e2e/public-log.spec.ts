import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Receipt } from '#lib/documents';
import { generateKey, signerOf } from '#lib/keys';
import { compileLibs } from '../support/compiled-libs.js';
import { startRegistry, submission, type TestRegistry } from '../support/registry.js';

const READER = 'test/support/independent-reader.mjs';
/** More than one tile of entries. */
const SIZE = 300;

// Whole programs are started here, some thirty of them.
jest.setTimeout(120_000);

describe('the public log of a registry that serves', () => {
  let au: TestRegistry;
  let url: string;
  let receipts: Receipt[];
  let owner: pg.Client;
  let compiled: string;
  let folder: string;
  const file = (name: string) => path.join(folder, name);

  beforeAll(async () => {
    fs.mkdirSync('.data', { recursive: true });
    compiled = fs.mkdtempSync(path.resolve('.data', 'programs-'));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-public-'));
    [au] = await Promise.all([startRegistry(), compileLibs(compiled, ['libs', 'apps'])]);
    await au.app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(au.app.getHttpServer().address() as { port: number }).port}`;
    receipts = await say(SIZE - 1);
    owner = new pg.Client({ connectionString: au.database.adminUrl });
    await owner.connect();
    await owner.query('SET session_replication_role = replica');
  });
  afterAll(async () => {
    await owner?.end();
    await au?.close();
    for (const each of [compiled, folder]) fs.rmSync(each, { recursive: true, force: true });
  });

  /** Registers so many parties, all at once. */
  async function say(count: number): Promise<Receipt[]> {
    const bodies = Array.from({ length: count }, async () => {
      const key = signerOf(generateKey());
      const keys = [key.publicKeyMultibase];
      const subject = { id: key.did, name: 'Somebody', country: 'AU', roles: ['processor'], keys };
      return submission(au.authority, 'PartyRegistration', subject, { with: [key] });
    });
    const answers = await Promise.all((await Promise.all(bodies)).map((body) => post(body)));
    return answers.sort((a, b) => a.index - b.index);
  }

  async function post(body: Uint8Array): Promise<Receipt> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/statements`, {
      method: 'POST',
      headers,
      body: body as never,
    });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Receipt;
  }

  /** Runs a program; it finds the registry's database and keys as its operator would. */
  async function run(program: string, ...args: string[]) {
    const { passphrase, dataFolder } = au.configuration;
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: au.database.url,
      LODESTONE_DATA: dataFolder,
      LODESTONE_PASSPHRASE: passphrase,
    };
    return promisify(execFile)(process.execPath, [program, ...args], { env }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout,
        stderr,
      }),
    );
  }
  const lodestone = (...args: string[]) =>
    run(path.join(compiled, 'apps/cli/src/main.js'), ...args);
  const vkey = () => au.registry.identity.vkey;
  const origin = 'au.registry.example/log';

  it('is read whole by a reader that shares no code with it, receipts and all', async () => {
    const proofs = [receipts[0]!, receipts[255]!, receipts.at(-1)!].flatMap((receipt, i) => {
      fs.writeFileSync(file(`${i}.tlog-proof`), receipt.proof);
      fs.writeFileSync(file(`${i}.entry`), receipt.entry);
      return ['--proof', file(`${i}.tlog-proof`), file(`${i}.entry`)];
    });
    const { code, stdout, stderr } = await run(READER, `${url}/log`, vkey(), ...proofs);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ origin, size: SIZE, tiles: 3, proofs: 3 });
  });

  it('is rejected by that reader with the receipt of another entry, or another log’s key', async () => {
    const swapped = [file('0.tlog-proof'), file('1.entry')];
    const proof = await run(READER, `${url}/log`, vkey(), '--proof', ...swapped);
    expect([proof.code, proof.stderr.trim()]).toEqual([
      1,
      'the proof does not lead to the signed root',
    ]);
    const us = await startRegistry({ jurisdiction: 'US' });
    const key = us.registry.identity.vkey;
    await us.close();
    expect((await run(READER, `${url}/log`, key)).code).toBe(1);
    const foreign = await lodestone('audit', url, '--vkey', key, '--json');
    expect([foreign.code, JSON.parse(foreign.stdout)]).toMatchObject([
      1,
      { findings: [{ name: 'unreadable', table: 'checkpoint' }] },
    ]);
  });

  it('is found sound by the auditor: from its bodies, from its URL, and again from there', async () => {
    const sound = { origin, treeSize: SIZE, findings: [] };
    for (let i = 0; i < 2; i++) {
      const { code, stderr, stdout } = await lodestone(
        'audit',
        '--resume',
        file('memory'),
        '--json',
      );
      expect([code, stderr, JSON.parse(stdout)]).toEqual([0, '', sound]);
    }
    expect(JSON.parse(fs.readFileSync(file('memory'), 'utf8'))).toMatchObject({ opened: SIZE });
    const kept = ['--checkpoint', file('checkpoint'), '--resume', file('progress'), '--json'];
    for (let i = 0; i < 2; i++) {
      const { code, stdout } = await lodestone('audit', url, '--vkey', vkey(), ...kept);
      expect([code, JSON.parse(stdout)]).toEqual([0, sound]);
    }
    const trust = await (await fetch(`${url}/trust.json`)).text();
    fs.writeFileSync(file('trust.json'), trust);
    const { code, stdout } = await lodestone('audit', url, '--trust', file('trust.json'));
    expect([code, stdout]).toEqual([0, `sound  ${origin}: ${SIZE} entries audited\n`]);
  });

  it('is exported alike from its database and from its URL, and both readers agree', async () => {
    const own = await lodestone('export', file('own'), '--json');
    expect([own.code, own.stderr]).toEqual([0, '']);
    expect(JSON.parse(own.stdout)).toEqual({ origin, treeSize: SIZE, written: 5, unchanged: 0 });
    const far = await lodestone('export', file('far'), '--from', url, '--vkey', vkey());
    expect([far.code, far.stdout]).toEqual([
      0,
      expect.stringMatching(/^exported .* 5 files written, 0 were there already\n$/),
    ]);
    for (const name of ['checkpoint', 'tile/0/000', 'tile/0/001.p/44', 'tile/entries/001.p/44'])
      expect(fs.readFileSync(file(`own/${name}`))).toEqual(fs.readFileSync(file(`far/${name}`)));
    expect((await run(READER, file('own'), vkey())).code).toBe(0);
    expect((await lodestone('audit', file('own'), '--vkey', vkey())).code).toBe(0);
  });

  it('tells what cannot be run from what was found', async () => {
    const codes = [];
    for (const args of [
      ['audit', 'http://127.0.0.1:1', '--vkey', vkey()],
      ['audit', url],
      ['audit', url, '--vkey', 'none'],
      ['audit', file('nowhere'), '--vkey', vkey()],
      ['audit', url, '--vkey', vkey(), '--follow', '--interval', '0'],
      ['export', file('x'), '--from', url],
    ])
      codes.push((await lodestone(...args)).code);
    expect(codes).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('answers while a reader holds everything open, and no reader makes the writer wait', async () => {
    const slow = new pg.Client({ connectionString: au.database.url });
    await slow.connect();
    await slow.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    for (const table of ['log_head', 'entry', 'statement', 'state', 'tile', 'checkpoint'])
      await slow.query(`SELECT count(*) FROM ${table}`);
    const started = performance.now();
    const [written] = await Promise.all([
      say(40),
      lodestone('audit', url, '--vkey', vkey()),
      ...Array.from({ length: 20 }, () => fetch(`${url}/log/tile/0/000`)),
    ]);
    expect(written).toHaveLength(40);
    expect(performance.now() - started).toBeLessThan(20_000);
    const { rows } = await slow.query('SELECT size FROM log_head');
    expect(Number(rows[0].size)).toBe(SIZE);
    await slow.query('ROLLBACK');
    await slow.end();
  });

  it('answers readers also while the writer cannot go on', async () => {
    await owner.query('BEGIN');
    await owner.query('SELECT 1 FROM log_head FOR UPDATE');
    try {
      for (const name of ['checkpoint', 'tile/0/000', 'tile/entries/001.p/44', 'checkpoints'])
        expect((await fetch(`${url}/log/${name}`)).status).toBe(200);
    } finally {
      await owner.query('ROLLBACK');
    }
  });

  it('that was changed behind its back is found out by every one of them', async () => {
    const before = (await owner.query('SELECT digest FROM entry WHERE index = 100')).rows[0].digest;
    await owner.query("UPDATE entry SET digest = sha256('x') WHERE index = 100");
    try {
      const own = await lodestone('audit', '--json');
      expect(own.code).toBe(1);
      expect(JSON.parse(own.stdout).findings).toContainEqual(
        expect.objectContaining({ name: 'altered', table: 'entry', index: 100 }),
      );
      // The registry itself refuses to serve what does not hash to its leaf.
      expect((await fetch(`${url}/log/tile/entries/000`)).status).toBe(500);
      expect((await lodestone('audit', url, '--vkey', vkey())).code).toBe(2);
      expect((await run(READER, `${url}/log`, vkey())).code).toBe(1);
      const { code } = await lodestone('export', file('late'));
      expect(code).not.toBe(0);
      expect(fs.existsSync(file('late/checkpoint'))).toBe(false);
    } finally {
      await owner.query('UPDATE entry SET digest = $1 WHERE index = 100', [before]);
    }
    expect((await lodestone('audit', '--json')).code).toBe(0);
  });
});
