import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { Problem } from '#lib/problem';
import { exportLog } from '../../apps/cli/src/log/export-log.js';
import { LogClient } from '../../apps/cli/src/log/log-client.js';
import {
  formatProgress,
  noProgress,
  parseProgress,
  progressAt,
} from '../../apps/cli/src/log/log-progress.js';
import { LogWatch } from '../../apps/cli/src/log/log-watch.js';
import { StaticLog } from '../support/static-log.js';

const clientOf = (files: ReadonlyMap<string, Uint8Array>, { keys }: StaticLog) =>
  new LogClient({ name: 'memory', read: (file) => Promise.resolve(files.get(file)) }, keys);

/** One change of one file: a byte, a cut, an addition, or nothing left of it. */
const damage = fc.record({
  file: fc.nat(),
  kind: fc.constantFrom('byte', 'cut', 'more', 'gone'),
  at: fc.nat(),
  mask: fc.integer({ min: 1, max: 255 }),
});

function damaged(
  files: ReadonlyMap<string, Uint8Array>,
  { file, kind, at, mask }: { file: number; kind: string; at: number; mask: number },
): Map<string, Uint8Array> {
  const name = [...files.keys()][file % files.size]!;
  const bytes = Uint8Array.from(files.get(name)!);
  const copy = new Map(files);
  if (kind === 'byte') {
    bytes[at % bytes.length]! ^= mask;
    copy.set(name, bytes);
  } else if (kind === 'cut') copy.set(name, bytes.slice(0, at % bytes.length));
  else if (kind === 'more') copy.set(name, Uint8Array.of(...bytes, mask));
  else copy.delete(name);
  return copy;
}

describe('an audit by what is public', () => {
  const log = new StaticLog().grow(600);
  // A wider tile or bundle is the later state of a partial one, and only its beginning is read.
  const isExact = (name: string, more: boolean) => !more || !name.startsWith('tile/');

  it('finds every damage to every file of a log, and never stumbles over it', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (change) => {
        const name = [...log.files.keys()][change.file % log.files.size]!;
        fc.pre(isExact(name, change.kind === 'more'));
        const watch = new LogWatch(clientOf(damaged(log.files, change), log));
        if (change.kind === 'gone' && name === 'checkpoint')
          await expect(watch.inspect()).rejects.toThrow('There is no log');
        else expect((await watch.inspect()).findings).not.toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('lets no damaged file into an export: what is written is the log, or nothing is', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (change) => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-damage-'));
        try {
          await exportLog(clientOf(damaged(log.files, change), log), folder);
        } catch (fault) {
          expect(fault).toBeInstanceOf(Problem);
          expect(fs.existsSync(path.join(folder, 'checkpoint'))).toBe(false);
          return;
        } finally {
          for (const [name, bytes] of log.files) {
            const file = path.join(folder, name);
            if (fs.existsSync(path.join(folder, 'checkpoint')))
              expect(fs.readFileSync(file).equals(bytes)).toBe(true);
          }
          fs.rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stands at every size as if it had read up to there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), async (size) => {
        const there = new StaticLog().grow(size);
        const checkpoint = await clientOf(there.files, there).checkpoint();
        const progress = await progressAt(clientOf(there.files, there), checkpoint);
        expect(parseProgress(formatProgress(progress))).toEqual(progress);
        const later = there.grow(300);
        const watch = clientOf(later.files, later);
        expect(await progressAt(watch, checkpoint)).toEqual(progress);
      }),
      { numRuns: 12 },
    );
    const empty = noProgress('au.example/log');
    expect(parseProgress(formatProgress(empty))).toEqual(empty);
  });

  it('reads no file as progress that is none', () => {
    const good = new TextDecoder().decode(formatProgress(noProgress('au.example/log')));
    const pieces = fc.constantFrom('', '"', '0', '-1', 'null', '{}', '__proto__', 'ff', '1e99');
    const edits = fc.array(fc.tuple(fc.nat(good.length), fc.nat(9), pieces), { minLength: 1 });
    fc.assert(
      fc.property(edits, (changes) => {
        const text = changes.reduce(
          (before, [at, cut, put]) => before.slice(0, at) + put + before.slice(at + cut),
          good,
        );
        try {
          parseProgress(new TextEncoder().encode(text));
        } catch (fault) {
          expect(fault).toBeInstanceOf(Problem);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
