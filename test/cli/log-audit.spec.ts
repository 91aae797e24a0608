import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { formatEntryBundle, leafHash } from '#lib/tlog';
import { nodeCrypto } from '#lib/keys';
import { LogClient } from '../../apps/cli/src/log/log-client.js';
import { logSourceAt } from '../../apps/cli/src/log/log-source.js';
import { LogWatch, type LogWatchOptions } from '../../apps/cli/src/log/log-watch.js';
import { serveLog, StaticLog, type LogServer } from '../support/static-log.js';

const SIZE = 700;

describe('auditing a log by what is public of it', () => {
  let folder: string;
  let server: LogServer;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-audit-'));
    server = await serveLog(new StaticLog().grow(300).grow(SIZE - 300));
  });
  afterEach(async () => {
    await server.close();
    fs.rmSync(folder, { recursive: true });
  });

  const watchOf = (place: string, options?: LogWatchOptions) =>
    new LogWatch(new LogClient(logSourceAt(place), server.log.keys), options);
  const audit = (options?: LogWatchOptions) => watchOf(server.url, options).inspect();
  const file = (name: string) => path.join(folder, name);
  const sound = (treeSize: number) => ({ origin: server.log.origin, treeSize, findings: [] });

  it('finds an honest log sound, at its registry and in a folder', async () => {
    server.log.tellHistory();
    const reached: number[] = [];
    const report = await audit({ onPage: ({ chain }) => void reached.push(chain.index) });
    expect(report).toEqual(sound(SIZE));
    expect(reached).toEqual([256, 512, SIZE]);
    const place = server.log.writeTo(file('export'));
    expect(await watchOf(place).inspect()).toEqual(sound(SIZE));
    expect(await watchOf(`file://${place}`).inspect()).toEqual(sound(SIZE));
  });

  it('finds an export that a plain web server has at its root, or deeper', async () => {
    for (const [prefix, place] of [
      ['/', server.url],
      ['/', `${server.url}/`],
      ['/logs/au/', `${server.url}/logs/au/`],
    ] as const) {
      server.prefix = prefix;
      expect(await watchOf(place).inspect()).toEqual(sound(SIZE));
    }
    server.log.files.delete('checkpoint');
    await expect(watchOf(server.url).inspect()).rejects.toThrow('There is no log at');
  });

  it('finds a log sound that has nothing in it yet', async () => {
    server.log = new StaticLog();
    expect(await audit()).toEqual(sound(0));
  });

  it('takes the full tile where a partial one has been dropped', async () => {
    const { files, notes } = server.log;
    files.set('checkpoint', Buffer.from(notes[1]!));
    for (const name of ['tile/0/001.p/44', 'tile/entries/001.p/44', 'tile/1/000.p/1'])
      files.delete(name);
    files.set('tile/1/000', files.get('tile/1/000.p/2')!);
    expect(await audit()).toEqual(sound(300));
  });

  /** Story, what is done to the log, and what the audit must say. */
  const stories: [string, (log: StaticLog) => unknown, object][] = [
    [
      'an entry is edited, so that the next one no longer names it',
      (log) => log.flip('tile/entries/001'),
      { name: 'altered', table: 'entry', index: 257 },
    ],
    [
      'two entries are swapped',
      (log) => {
        const [first, second, ...rest] = log.entries.slice(0, 256);
        log.files.set('tile/entries/000', formatEntryBundle([second!, first!, ...rest]));
      },
      { name: 'altered', table: 'entry', index: 0 },
    ],
    [
      'a bundle is cut short',
      (log) => log.files.set('tile/entries/000', log.files.get('tile/entries/000')!.slice(0, 900)),
      { name: 'unreadable', table: 'entry', index: 0 },
    ],
    [
      'a bundle is not served',
      (log) => log.files.delete('tile/entries/001'),
      { name: 'missing', table: 'entry', index: 256 },
    ],
    [
      'a tile is edited',
      (log) => log.flip('tile/0/001'),
      { name: 'altered', table: 'tile', index: 1 },
    ],
    [
      'the tile at the edge is edited',
      (log) => log.flip('tile/0/002.p/188'),
      { name: 'altered', table: 'tile', index: 2 },
    ],
    [
      'a tile is not served',
      (log) => log.files.delete('tile/0/000'),
      { name: 'missing', table: 'tile', index: 0 },
    ],
    [
      'another root is signed',
      (log) => log.sign(SIZE, new Uint8Array(32)),
      { name: 'altered', table: 'checkpoint', index: SIZE },
    ],
    [
      'the checkpoint is edited after it was signed',
      (log) => log.flip('checkpoint', 20),
      { name: 'unreadable', table: 'checkpoint', index: null },
    ],
    [
      'the checkpoint is another log’s',
      (log) => log.files.set('checkpoint', Buffer.from(new StaticLog('us.example/log').checkpoint)),
      { name: 'unreadable', table: 'checkpoint', index: null },
    ],
    [
      'a fork was signed once, long ago',
      (log) => log.tellHistory([new StaticLog().grow(300, 'a lie').checkpoint, log.checkpoint]),
      { name: 'forked', table: 'checkpoint', index: 300 },
    ],
    [
      'the history holds a note that nobody signed',
      (log) => log.tellHistory([log.notes[1]!.replace('300', '301'), log.checkpoint]),
      { name: 'unreadable', table: 'checkpoint', index: null },
    ],
    [
      'the history runs backwards',
      (log) => log.tellHistory([log.checkpoint, log.notes[1]!]),
      { name: 'unreadable', table: 'checkpoint', index: 300 },
    ],
    [
      'the history leads in a circle',
      (log) => log.files.set('checkpoints?from=1', Buffer.from('{"checkpoints":[],"next":1}')),
      { name: 'unreadable', table: 'checkpoint', index: null },
    ],
  ];

  it.each(stories)('says so when %s', async (_story, tamper, finding) => {
    tamper(server.log);
    expect((await audit()).findings).toContainEqual(expect.objectContaining(finding));
  });

  it('cannot run where there is no log, and waits for one that is only busy', async () => {
    await expect(watchOf(file('nowhere')).inspect()).rejects.toThrow('There is no log');
    server.failing = { status: 403, times: 1 };
    await expect(audit()).rejects.toThrow('answered 403');
    server.failing = { status: 503, times: 2 };
    expect(await audit()).toEqual(sound(SIZE));
  });

  it('refuses to swallow more than any file of a log has', async () => {
    server.log.files.set('tile/entries/000', new Uint8Array(17_000_000));
    await expect(audit()).rejects.toThrow('larger than any file of a log');
  });

  it('hashes as RFC 6962 says, whoever asks', () => {
    // A guard on this file's own support: the fake log must not be a fake tree.
    expect(server.log.files.get('tile/0/000')!.slice(0, 32)).toEqual(
      leafHash(nodeCrypto.sha256, server.log.entries[0]!),
    );
  });
});
