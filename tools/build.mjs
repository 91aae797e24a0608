// Compiles apps/ and libs/ to dist/ with SWC, file for file: no path is rewritten by any tool.
import { transformFile } from '@swc/core';
import fs from 'node:fs/promises';
import path from 'node:path';

const started = performance.now();
const isSource = (file) =>
  file.split(path.sep).includes('src') && !/[.-]spec\.ts$|\.d\.ts$/.test(file);

async function compile(source) {
  const out = path.join('dist', source).replace(/\.ts$/, '.js');
  await fs.mkdir(path.dirname(out), { recursive: true });
  if (source.endsWith('.js')) return fs.copyFile(source, out);
  const { code, map } = await transformFile(source);
  await fs.writeFile(out, `${code}\n//# sourceMappingURL=${path.basename(out)}.map\n`);
  if (map) await fs.writeFile(`${out}.map`, map);
}

await fs.rm('dist/apps', { recursive: true, force: true });
await fs.rm('dist/libs', { recursive: true, force: true });
const jobs = [];
for (const root of ['apps', 'libs'])
  for (const file of await fs.readdir(root, { recursive: true })) {
    const source = path.join(root, file);
    if (/\.(ts|js)$/.test(source) && isSource(source)) jobs.push(compile(source));
  }
await Promise.all([...jobs, import('./bundle-verifier.mjs')]);
// npm makes a package's programs executable when it installs it, and not when they are built again.
const { bin } = JSON.parse(await fs.readFile('package.json', 'utf8'));
await Promise.all(Object.values(bin).map((program) => fs.chmod(program, 0o755)));
console.error(`built ${jobs.length} files in ${Math.round(performance.now() - started)} ms`);
