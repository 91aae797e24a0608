import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { exportLog } from '../../apps/cli/src/log/export-log.js';
import { LogClient } from '../../apps/cli/src/log/log-client.js';
import { logSourceAt } from '../../apps/cli/src/log/log-source.js';
import { LogWatch } from '../../apps/cli/src/log/log-watch.js';
import { StaticLog } from '../support/static-log.js';

const READER = 'test/support/independent-reader.mjs';

describe('a log written out as static files', () => {
  let folder: string;
  let log: StaticLog;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-export-'));
    log = new StaticLog().grow(300);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const target = () => path.join(folder, 'log');
  const clientOf = (from: StaticLog) =>
    new LogClient(
      { name: 'memory', read: (file) => Promise.resolve(from.files.get(file)) },
      log.keys,
    );
  const write = (from = log, options = {}) => exportLog(clientOf(from), target(), options);
  const list = () =>
    fs
      .readdirSync(target(), { recursive: true, encoding: 'utf8' })
      .filter((file) => fs.statSync(path.join(target(), file)).isFile())
      .sort();
  const read = (place: string, vkey: string, ...more: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [READER, place, vkey, ...more], {
      encoding: 'utf8',
    });
    return { status, says: status === 0 ? JSON.parse(stdout) : stderr.trim() };
  };

  it('has the layout of C2SP tlog-tiles, partial tiles and all', async () => {
    expect(await write()).toEqual({
      origin: log.origin,
      treeSize: 300,
      written: 5,
      unchanged: 0,
    });
    expect(list()).toEqual([
      'checkpoint',
      'tile/0/000',
      'tile/0/001.p/44',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/44',
    ]);
    for (const file of list())
      expect(fs.readFileSync(path.join(target(), file))).toEqual(Buffer.from(log.files.get(file)!));
  });

  it('is read alike by our own client and by a reader that shares no code with it', async () => {
    await write();
    const watch = new LogWatch(new LogClient(logSourceAt(target()), log.keys));
    expect((await watch.inspect()).findings).toEqual([]);
    const { status, says } = read(target(), log.vkey);
    expect([status, says]).toEqual([
      0,
      expect.objectContaining({ origin: log.origin, size: 300, tiles: 3 }),
    ]);
  });

  it.each([
    ['checkpoint', 25, 'the signature of the checkpoint does not verify'],
    ['tile/0/000', 40, 'tile 0/0 is another'],
    ['tile/1/000.p/1', 3, 'tile 1/0 is another'],
    ['tile/entries/001.p/44', 30, 'the chain breaks at entry 257'],
  ])('is rejected by both readers when %s was touched', async (file, offset, why) => {
    await write();
    const bytes = fs.readFileSync(path.join(target(), file));
    bytes[offset]! ^= 1;
    fs.writeFileSync(path.join(target(), file), bytes);
    expect(read(target(), log.vkey)).toEqual({ status: 1, says: why });
    const watch = new LogWatch(new LogClient(logSourceAt(target()), log.keys));
    expect((await watch.inspect()).findings).toHaveLength(1);
  });

  it('is rejected under another log’s key', async () => {
    await write();
    const { status, says } = read(target(), new StaticLog('us.example/log').vkey);
    expect([status, says]).toEqual([1, 'no signature by us.example/log']);
  });

  it('changes nothing when it is written again, and adds only what is new', async () => {
    await write();
    const times = list().map((file) => fs.statSync(path.join(target(), file)).mtimeMs);
    expect(await write()).toMatchObject({ written: 0, unchanged: 3 });
    expect(await write(log, { all: true })).toMatchObject({ written: 0, unchanged: 5 });
    const without = (file: string) => file !== 'checkpoint';
    expect(
      list()
        .filter(without)
        .map((file) => fs.statSync(path.join(target(), file)).mtimeMs),
    ).toEqual(times.slice(1));
    log.grow(300);
    expect(await write()).toMatchObject({ treeSize: 600, written: 5 });
    expect(read(target(), log.vkey)).toMatchObject({ status: 0, says: { size: 600 } });
    log.grow(168);
    await write();
    expect(read(target(), log.vkey)).toMatchObject({ status: 0, says: { size: 768 } });
  });

  it('goes on where a crash cut it off, and has no checkpoint until it is whole', async () => {
    const client = clientOf(log.grow(500));
    const { source } = client;
    const dying = {
      name: 'dying',
      read: (file: string) =>
        file.startsWith('tile/entries/002') ? Promise.reject(new Error('gone')) : source.read(file),
    };
    await expect(exportLog(new LogClient(dying, log.keys), target())).rejects.toThrow('gone');
    expect(list()).not.toContain('checkpoint');
    expect(list()).not.toContain('tile/entries/002');
    expect(await write()).toMatchObject({ treeSize: 800, unchanged: 4 });
    expect(list().filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('never replaces a file that says something else', async () => {
    await write();
    const file = path.join(target(), 'tile/entries/000');
    fs.writeFileSync(file, 'rotten');
    await expect(write(log, { all: true })).rejects.toMatchObject({
      problem: 'consistency-invalid',
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('rotten');
  });

  it('refuses a fork, a log that was cut, and another log', async () => {
    await write();
    const fork = new StaticLog().grow(10).grow(400, 'a lie');
    await expect(write(fork)).rejects.toMatchObject({ problem: 'chain-invalid' });
    const cut = new StaticLog().grow(299);
    await expect(write(cut)).rejects.toMatchObject({ problem: 'consistency-invalid' });
    const signed = new StaticLog().grow(300).sign(300, new Uint8Array(32));
    await expect(write(signed)).rejects.toMatchObject({ problem: 'checkpoint-invalid' });
    const other = new StaticLog('us.example/log').grow(300);
    await expect(
      exportLog(
        new LogClient({ name: 'us', read: async (file) => other.files.get(file) }, [
          ...log.keys,
          ...other.keys,
        ]),
        target(),
      ),
    ).rejects.toMatchObject({ problem: 'consistency-invalid' });
    expect(fs.readFileSync(path.join(target(), 'checkpoint'), 'utf8')).toBe(log.checkpoint);
  });

  it('refuses to go on behind an export whose tiles do not hash to its own checkpoint', async () => {
    await write();
    const file = path.join(target(), 'tile/0/001.p/44');
    const bytes = fs.readFileSync(file);
    bytes[0]! ^= 1;
    fs.writeFileSync(file, bytes);
    log.grow(1);
    await expect(write()).rejects.toMatchObject({ problem: 'consistency-invalid' });
  });

  it.each([300, 512])(
    'refuses to go on behind a last entry (of %d) that was changed',
    async (size) => {
      log.grow(size - 300);
      await write();
      const name = size === 300 ? 'tile/entries/001.p/44' : 'tile/entries/001';
      const file = path.join(target(), name);
      const bytes = fs.readFileSync(file);
      bytes[bytes.length - 5]! ^= 1;
      fs.writeFileSync(file, bytes);
      log.grow(1);
      await expect(write()).rejects.toMatchObject({ problem: 'inclusion-invalid' });
    },
  );
});
