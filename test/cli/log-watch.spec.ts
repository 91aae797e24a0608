import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { formatEntryBundle } from '#lib/tlog';
import { followLog } from '../../apps/cli/src/log/follow-log.js';
import { LogClient } from '../../apps/cli/src/log/log-client.js';
import { logSourceAt } from '../../apps/cli/src/log/log-source.js';
import { LogWatch, type LogWatchOptions } from '../../apps/cli/src/log/log-watch.js';
import { serveLog, StaticLog, type LogServer } from '../support/static-log.js';

const SIZE = 700;

describe('watching a log', () => {
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

  describe('again, with what an earlier audit kept', () => {
    const kept = () => ({ checkpointFile: file('checkpoint'), resumeFile: file('progress') });

    it('reads only what is new', async () => {
      await audit(kept());
      expect(fs.readFileSync(file('checkpoint'), 'utf8')).toBe(server.log.checkpoint);
      server.log.grow(100);
      server.requests.length = 0;
      expect(await audit(kept())).toEqual(sound(SIZE + 100));
      const bundles = server.requests.filter((name) => name.startsWith('tile/entries/'));
      expect(bundles).toEqual(['tile/entries/002', 'tile/entries/003.p/32']);
    });

    it('goes on from the page at which it was cut off', async () => {
      const stop = new Error('the power is gone');
      const { source } = new LogClient(logSourceAt(server.url), server.log.keys);
      const dying = {
        name: source.name,
        read: (name: string) =>
          name.startsWith('tile/entries/064') ? Promise.reject(stop) : source.read(name),
      };
      server.log.grow(64 * 256 + 300 - SIZE);
      const cut = new LogWatch(new LogClient(dying, server.log.keys), kept());
      await expect(cut.inspect()).rejects.toThrow(stop);
      server.requests.length = 0;
      expect((await audit(kept())).findings).toEqual([]);
      expect(server.requests.filter((name) => name.startsWith('tile/entries/'))).toEqual([
        'tile/entries/064',
        'tile/entries/065.p/44',
      ]);
    });

    it('finds again what it found before: nothing wrong is behind it', async () => {
      server.log.flip('tile/0/000');
      expect((await audit(kept())).findings).toHaveLength(1);
      expect(fs.existsSync(file('checkpoint'))).toBe(false);
      expect((await audit(kept())).findings).toHaveLength(1);
    });

    it('notices an old entry that changed, in a bundle that it reads for the new ones', async () => {
      await audit(kept());
      server.log.grow(10);
      const bundle = server.log.entries.slice(512);
      bundle[0] = server.log.entries[0]!;
      server.log.files.set('tile/entries/002.p/198', formatEntryBundle(bundle));
      const finding = { name: 'altered', table: 'entry', index: 512 };
      expect((await audit(kept())).findings).toEqual([expect.objectContaining(finding)]);
    });

    it('proves a fork with both signed checkpoints, and keeps them', async () => {
      await audit(kept());
      const signed = server.log.checkpoint;
      server.log = new StaticLog().grow(300).grow(SIZE, 'a lie').tellHistory();
      const report = await audit(kept());
      expect(report.findings).toEqual([
        expect.objectContaining({ name: 'forked', index: SIZE + 300 }),
      ]);
      expect(report.evidence).toEqual([signed, server.log.checkpoint]);
      expect(fs.readFileSync(file('checkpoint'), 'utf8')).toBe(signed);
      expect(fs.readFileSync(file(`checkpoint.forked-${SIZE + 300}`), 'utf8')).toBe(
        server.log.checkpoint,
      );
    });

    it('proves a second root for the same size', async () => {
      await audit(kept());
      server.log = new StaticLog().grow(SIZE, 'a lie');
      const { findings, evidence } = await audit(kept());
      expect(findings).toEqual([expect.objectContaining({ name: 'forked', index: SIZE })]);
      expect(evidence).toHaveLength(2);
    });

    it('proves that a log was cut, also when only its progress was kept', async () => {
      await audit(kept());
      server.log = new StaticLog().grow(300);
      const cut = [expect.objectContaining({ name: 'rolled-back', index: 300 })];
      expect((await audit(kept())).findings).toEqual(cut);
      expect((await audit({ resumeFile: file('progress') })).findings).toEqual(cut);
    });

    it('finds a fork with its progress alone', async () => {
      await audit({ resumeFile: file('progress') });
      server.log = new StaticLog().grow(SIZE + 1, 'a lie');
      expect((await audit({ resumeFile: file('progress') })).findings[0]).toMatchObject({
        name: 'altered',
        table: 'entry',
      });
    });

    it('does not go on from another log’s checkpoint, or from a file that is something else', async () => {
      fs.writeFileSync(file('checkpoint'), new StaticLog('us.example/log').grow(1).checkpoint);
      await expect(audit(kept())).rejects.toMatchObject({ problem: 'checkpoint-invalid' });
      fs.rmSync(file('checkpoint'));
      for (const text of ['{}', '[]', '7', '{"edge":"zz"}']) {
        fs.writeFileSync(file('progress'), text);
        await expect(audit(kept())).rejects.toMatchObject({ problem: 'malformed-json' });
      }
    });
  });

  describe('and following it', () => {
    const follow = (then: (round: number) => void, options: object = {}) => {
      let round = 0;
      return followLog(watchOf(server.url, { checkpointFile: file('checkpoint') }), {
        intervalSeconds: 0.01,
        onReport: () => then(++round),
        ...options,
      });
    };

    it('checks what is added until it is told to stop', async () => {
      const end = new AbortController();
      const sizes: number[] = [];
      const last = await follow(
        (round) => {
          sizes.push(server.log.entries.length);
          server.log.grow(7);
          if (round === 3) end.abort();
        },
        { signal: end.signal },
      );
      expect(sizes).toEqual([SIZE, SIZE + 7, SIZE + 14]);
      expect(last).toEqual(sound(SIZE + 14));
    });

    it('ends at a fork', async () => {
      const report = await follow(() => {
        server.log = new StaticLog().grow(SIZE + 1, 'a lie');
      });
      expect(report.findings).toEqual([expect.objectContaining({ name: 'forked' })]);
    });

    it('outlasts a cache that is behind, and silence; not a rollback that stays', async () => {
      const silences: string[] = [];
      const small = new StaticLog().grow(300).grow(SIZE - 300);
      const report = await follow(
        (round) => {
          if (round === 1) {
            server.log.grow(1);
            const { files } = server.log;
            const newest = files.get('checkpoint')!;
            files.set('checkpoint', Buffer.from(server.log.notes[2]!));
            setTimeout(() => files.set('checkpoint', newest), 15);
          }
          if (round === 3) server.failing = { status: 400, times: 1 };
          if (round === 4) server.log = small;
        },
        { onSilence: ({ message }: Error) => silences.push(message) },
      );
      expect(silences).toEqual([expect.stringContaining('answered 400')]);
      expect(report.findings).toEqual([expect.objectContaining({ name: 'rolled-back' })]);
    });

    it('does not begin where nothing answers', async () => {
      server.failing = { status: 404, times: 1 };
      await expect(follow(() => undefined)).rejects.toThrow('There is no log');
    });
  });
});
