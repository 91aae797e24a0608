import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { parseJson, toHex, type Receipt } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import {
  formatTlogProof,
  openCheckpoint,
  originHash,
  parseEntry,
  parseTlogProof,
  parseVerifierKey,
} from '#lib/tlog';
import { parseTrust } from '#lib/verification';
import { followLog } from '../../apps/cli/src/log/follow-log.js';
import { LogClient } from '../../apps/cli/src/log/log-client.js';
import { logSourceAt } from '../../apps/cli/src/log/log-source.js';
import {
  LogWatch,
  type LogReport,
  type LogWatchOptions,
} from '../../apps/cli/src/log/log-watch.js';
import { LogSucceeded } from '../../apps/cli/src/log/succession.js';
import { rotateKeys } from '../../apps/registry/src/rotate-keys.js';
import { succeedLog } from '../../apps/registry/src/succeed-log.js';
import { compileLibs } from '../support/compiled-libs.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const FIRST = 'au.registry.example/log';
const SECOND = 'au.registry.example/log/2027';
const THIRD = 'au.registry.example/log/2028';
const READER = 'test/support/independent-reader.mjs';
const silent = pino({ level: 'silent' });

// Whole programs are started here.
jest.setTimeout(120_000);

describe('what anybody can read of logs that were succeeded', () => {
  const served: TestRegistry[] = [];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-succeeded-'));
  const file = (name: string) => path.join(folder, name);
  let compiled: string;
  let owner: pg.Client;
  /** Of the registry as it served each of its logs in turn. */
  const urls: string[] = [];
  const trusts: string[] = [];
  let receipt: Receipt;

  beforeAll(async () => {
    fs.mkdirSync('.data', { recursive: true });
    compiled = fs.mkdtempSync(path.resolve('.data', 'programs-'));
    await compileLibs(compiled, ['libs', 'apps']);
    await serve(await startRegistry());
    await au().party('Before the rotation', ['processor']);
    receipt = await anybody('In the first log');
    await rotateKeys(au().registry, { retireAt: new Date().toISOString() });
    await au().party('After the rotation', ['processor']);
    fs.writeFileSync(file('kept'), (await au().http().get('/log/checkpoint')).text);
    for (const origin of [SECOND, THIRD]) {
      await au().party(`Before ${origin}`, ['buyer']);
      await succeedLog(au().configuration, au().database, silent, { origin });
      await serve(await startRegistry({ like: served[0]! }));
    }
    await anybody('In the third log');
    owner = new pg.Client({ connectionString: au().database.adminUrl });
    await owner.connect();
    await owner.query('SET session_replication_role = replica');
  });
  afterAll(async () => {
    await owner?.end();
    for (const each of served.slice(1)) await each.stop();
    await served[0]?.close();
    for (const each of [compiled, folder]) fs.rmSync(each, { recursive: true, force: true });
  });

  /** The registry as it serves the newest log. */
  const au = () => served.at(-1)!;

  async function serve(registry: TestRegistry): Promise<void> {
    served.push(registry);
    await registry.app.listen(0, '127.0.0.1');
    const { port } = registry.app.getHttpServer().address() as { port: number };
    urls.push(`http://127.0.0.1:${port}`);
    const name = file(`trust-${served.length}.json`);
    fs.writeFileSync(name, (await registry.http().get('/trust.json')).text);
    trusts.push(name);
  }

  async function anybody(name: string): Promise<Receipt> {
    const { did } = await au().party(name, ['buyer']);
    const { body } = await au()
      .http()
      .get(`/parties/${encodeURIComponent(did)}`);
    expect(body.id).toBe(did);
    const { treeSize } = await au().registry.log.standing();
    return (
      await au()
        .http()
        .get(`/log/entries/${treeSize - 1}/proof`)
    ).body as Receipt;
  }

  const pathOf = (origin: string) => `/logs/${originHash(nodeCrypto.sha256, origin)}`;
  const keysIn = (name: string) =>
    parseTrust(nodeCrypto.sha256, fs.readFileSync(name)).registries.map(({ logKey }) =>
      parseVerifierKey(nodeCrypto.sha256, logKey),
    );
  const watch = (trust: string, options?: LogWatchOptions, place = urls[2]!) =>
    new LogWatch(new LogClient(logSourceAt(place), keysIn(trust)), options);
  const before = [
    { origin: FIRST, treeSize: 6 },
    { origin: SECOND, treeSize: 2 },
  ];
  const sound = { origin: THIRD, treeSize: 2, predecessors: before, findings: [] };

  function lodestone(...args: string[]) {
    return run(path.join(compiled, 'apps/cli/src/main.js'), ...args);
  }
  function run(program: string, ...args: string[]) {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1' };
    return promisify(execFile)(process.execPath, [program, ...args], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout,
        stderr,
      }),
    );
  }

  it('is listed, the oldest first, each with its keys and its neighbours', async () => {
    const { body } = await au().http().get('/logs').expect(200);
    expect(body).toMatchObject([
      { origin: FIRST, path: pathOf(FIRST), treeSize: 6, predecessor: null, successor: SECOND },
      { origin: SECOND, path: pathOf(SECOND), treeSize: 2, predecessor: FIRST, successor: THIRD },
      { origin: THIRD, path: pathOf(THIRD), treeSize: 2, predecessor: SECOND, successor: null },
    ]);
    const keys = (body as { logKeys: string[] }[]).map(({ logKeys }) => logKeys.length);
    expect(keys).toEqual([2, 1, 1]);
    expect(body[2].logKeys).toEqual([au().registry.identity.vkey]);
  });

  it('is served for ever under a path of its own, as it was while it grew', async () => {
    const log = pathOf(FIRST);
    const there = (name: string) => au().http().get(`${log}/${name}`).expect(200);
    const { text: note } = await there('checkpoint');
    const keys = served[0]!.registry.ownLog.keys;
    const { checkpoint } = await openCheckpoint(nodeCrypto, note, keys);
    expect(checkpoint).toMatchObject({ origin: FIRST, treeSize: 6 });
    for (const name of ['tile/0/000.p/6', 'tile/entries/000.p/6', 'tile/entries/000.p/2']) {
      const then = await served[0]!.http().get(`/log/${name}`).buffer(true).expect(200);
      const now = await there(name);
      expect(now.body).toEqual(then.body);
      expect(now.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    for (const name of [
      'checkpoints',
      'checkpoints/2',
      'inclusion?index=1&size=5',
      'consistency?from=2&to=6',
      'entries/1/proof',
      'entries/1/tlog-proof?size=6',
    ]) {
      const then = await served[0]!.http().get(`/log/${name}`).expect(200);
      expect((await there(name)).text).toBe(then.text);
    }
    const { digest, origin } = receipt;
    expect([origin, (await there(`entries/by-digest/${digest}/proof`)).body.entry]).toEqual([
      FIRST,
      receipt.entry,
    ]);
    const proof = (await there(`entries/by-digest/${digest}/tlog-proof`)).text;
    expect(formatTlogProof(parseTlogProof(proof))).toBe(proof);
  });

  it('is read whole, in its place, by a reader that shares no code with the registry', async () => {
    const { body } = await au().http().get('/logs');
    const key = (body[0].logKeys as string[])[1]!;
    const { code, stdout, stderr } = await run(READER, `${urls[2]}${body[0].path}`, key);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ origin: FIRST, size: 6 });
  });

  it('is not mixed with another log, and no log is made up', async () => {
    const { status, body } = await au()
      .http()
      .get(`${pathOf('nobody.example/log')}/checkpoint`);
    expect([status, body.type]).toEqual([404, 'urn:lodestone:problem:not-found']);
    const elsewhere = `${pathOf(SECOND)}/entries/by-digest/${receipt.digest}/proof`;
    expect((await au().http().get(elsewhere)).status).toBe(404);
    expect((await au().http().get(`/log/entries/by-digest/${receipt.digest}/proof`)).status).toBe(
      200,
    );
    expect(
      (
        await au()
          .http()
          .get(`${pathOf(SECOND)}/tile/0/000.p/3`)
      ).status,
    ).toBe(404);
    expect(
      (
        await au()
          .http()
          .get(`${pathOf(SECOND)}/tile/0/0`)
      ).status,
    ).toBe(400);
  });

  it('says by its own entries which keys it has, and which log was before', async () => {
    for (const [log, indexes] of [
      [pathOf(FIRST), [0, 3]],
      [pathOf(SECOND), [0]],
      ['/log', [0]],
    ] as const) {
      const { body } = await au().http().get(`${log}/keys`).expect(200);
      const statements = body.statements as { index: number; statement: string }[];
      expect(statements.map(({ index }) => index)).toEqual(indexes);
      for (const { index, statement } of statements) {
        const { body: proved } = await au().http().get(`${log}/entries/${index}/proof`);
        const digest = toHex(nodeCrypto.sha256(Buffer.from(statement)));
        expect(parseEntry(Buffer.from(proved.entry as string)).digest).toBe(digest);
        expect(parseJson(Buffer.from(statement))).toMatchObject({ issuer: expect.any(String) });
      }
    }
  });

  it('is audited from the newest log back to the first, whose keys the logs name themselves', async () => {
    const newest = watch(trusts[2]!);
    expect(await newest.inspect()).toEqual(sound);
    expect(newest.coversPredecessors).toBe(true);
    const { code, stdout, stderr } = await lodestone('audit', urls[2]!, '--trust', trusts[2]!);
    expect([code, stdout]).toEqual([
      0,
      `sound  ${THIRD}: 2 entries audited, and 6 of ${FIRST} before it, and 2 of ${SECOND} before it\n`,
    ]);
    expect(stderr).toContain('and of those that it succeeds');
  });

  it('can be audited alone, at its own place, also under a key that it gave up', async () => {
    const first = watch(trusts[0]!, {}, `${urls[2]}${pathOf(FIRST)}`);
    expect(await first.inspect()).toEqual({ origin: FIRST, treeSize: 6, findings: [] });
    const astray = watch(trusts[0]!, {}, `${urls[2]}${pathOf(SECOND)}`);
    await expect(astray.inspect()).rejects.toBeInstanceOf(LogSucceeded);
    const second = watch(trusts[1]!, {}, `${urls[2]}${pathOf(SECOND)}`);
    expect(await second.inspect()).toEqual({
      origin: SECOND,
      treeSize: 2,
      predecessors: [before[0]],
      findings: [],
    });
  });

  it('leads a checkpoint that was kept of the first log on to the newest', async () => {
    fs.copyFileSync(file('kept'), file('known'));
    const kept = { checkpointFile: file('known'), resumeFile: file('progress') };
    expect(await watch(trusts[2]!, kept).inspect()).toEqual(sound);
    expect(fs.readFileSync(file('known'), 'utf8')).toContain(THIRD);
    // The next audit goes on from there, and looks whether the frozen logs are still frozen.
    expect(await watch(trusts[2]!, kept).inspect()).toEqual(sound);
  });

  it('is found out when it does not hold what it signed for somebody before', async () => {
    const { registry } = served[0]!;
    const text = `${FIRST}\n5\n${Buffer.alloc(32, 7).toString('base64')}\n`;
    fs.writeFileSync(file('other'), registry.ownLog.signCheckpoint(text));
    const report = await watch(trusts[2]!, { checkpointFile: file('other') }).inspect();
    expect(report.findings).toMatchObject([
      { name: 'forked', origin: FIRST, table: 'checkpoint', index: 6 },
    ]);
    expect(fs.readFileSync(file('other'), 'utf8')).toContain(`${FIRST}\n5\n`);
  });

  it.each([
    ['set back behind the head that its successor names', '5', 'forked'],
    ['not shown at all', '0', 'unreadable'],
  ])('is found out when it is %s', async (_how, size, name) => {
    const head = `FROM checkpoint WHERE checkpoint.origin = '${FIRST}'`;
    const set = (at: string) =>
      owner.query(
        `UPDATE log_head SET checkpoint = (SELECT note ${head} AND size = ${at}) WHERE origin = '${FIRST}'`,
      );
    await set(size);
    try {
      const { findings } = await watch(trusts[2]!).inspect();
      expect(findings).toMatchObject([{ name, origin: FIRST, table: 'checkpoint' }]);
    } finally {
      await set('6');
    }
    expect(await watch(trusts[2]!).inspect()).toEqual(sound);
  });

  it('is not believed when other statements are served as those that name its keys', async () => {
    const honest = logSourceAt(urls[2]!);
    const lying = (edit: (word: Record<string, unknown>) => unknown) => ({
      ...honest,
      read: async (name: string) => {
        const bytes = await honest.read(name);
        if (name !== 'keys') return bytes;
        return Buffer.from(JSON.stringify(edit(JSON.parse(Buffer.from(bytes!).toString()))));
      },
    });
    const first = (
      await au()
        .http()
        .get(`${pathOf(FIRST)}/keys`)
    ).body;
    for (const [edit, name] of [
      [() => ({ ...first }), 'altered'],
      [() => ({ ...first, statements: [] }), 'unreadable'],
      [() => ({ statements: 7 }), 'unreadable'],
      [() => [], 'unreadable'],
    ] as const) {
      const client = new LogClient(lying(edit), keysIn(trusts[2]!));
      const { findings } = await new LogWatch(client).inspect();
      expect(findings).toMatchObject([{ name, table: 'statement' }]);
    }
  });

  it('tells whoever comes with the key of an old log what has happened, and finds nothing wrong', async () => {
    const { code, stdout, stderr } = await lodestone('audit', urls[2]!, '--trust', trusts[1]!);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `${SECOND}, whose key you have, was succeeded by ${THIRD} at 2 entries. Its last checkpoint still verifies`,
    );
    expect(stderr).toContain('lodestone trust');
    const folderOf = file('export');
    const exported = await lodestone('export', folderOf, '--from', urls[2]!, '--trust', trusts[1]!);
    expect([exported.code, exported.stderr.includes(`succeeded by ${THIRD}`)]).toEqual([2, true]);
  });

  it('ends the watch of somebody who followed the log that is succeeded', async () => {
    let at = 1;
    const source = {
      name: 'the registry',
      read: (name: string) => logSourceAt(urls[at]!).read(name),
      sibling: (origin: string) => logSourceAt(urls[at]!).sibling!(origin),
    };
    const following = new LogWatch(new LogClient(source, keysIn(trusts[1]!)));
    const seen: LogReport[] = [];
    const onReport = (report: LogReport) => {
      seen.push(report);
      at = 2;
    };
    await expect(followLog(following, { intervalSeconds: 0.01, onReport })).rejects.toThrow(
      `succeeded by ${THIRD}`,
    );
    expect(seen).toMatchObject([{ origin: SECOND, findings: [] }]);
  });
});
