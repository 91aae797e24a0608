import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const cruise = (...paths: string[]) =>
  spawnSync(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      ...paths,
    ],
    { cwd: root, encoding: 'utf8' },
  );

describe('the borders between libs', () => {
  it('hold everywhere in apps and libs', () => {
    const { status, stdout } = cruise('apps', 'libs');
    expect({ status, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stdout: '' });
  }, 60_000);

  it('are noticed when a pure lib reaches for Node or for the store', () => {
    const trespass = path.join(root, 'libs/problem/src/trespass.ts');
    fs.writeFileSync(
      trespass,
      "import fs from 'node:fs';\nimport * as store from '#lib/store';\nexport const x = [fs, store];\n",
    );
    try {
      const { status, stdout } = cruise('libs/problem');
      expect(status).not.toBe(0);
      expect(stdout).toContain('borders-of-problem');
      expect(stdout).toContain('pure-libs-touch-nothing');
    } finally {
      fs.rmSync(trespass);
    }
  }, 60_000);
});
