// Compiles apps/ and libs/ to dist/ with SWC, file for file: no path is rewritten by any tool. With
// arguments it compiles those folders instead: `node tools/build.mjs bench test/support`.
import { transformFile } from '@swc/core';
import fs from 'node:fs/promises';
import path from 'node:path';

const started = performance.now();
const asked = process.argv.slice(2);
const isSource = (file) =>
  (asked.length > 0 || file.split(path.sep).includes('src')) &&
  !/[.-]spec\.ts$|\.d\.ts$/.test(file);

async function compile(source) {
  const out = path.join('dist', source).replace(/\.ts$/, '.js');
  await fs.mkdir(path.dirname(out), { recursive: true });
  if (source.endsWith('.js')) return fs.copyFile(source, out);
  const { code, map } = await transformFile(source);
  await fs.writeFile(out, `${code}\n//# sourceMappingURL=${path.basename(out)}.map\n`);
  if (map) await fs.writeFile(`${out}.map`, map);
}

async function finishPrograms() {
  await import('./bundle-verifier.mjs');
  // npm makes a package's programs executable when it installs it, and not when they are built again.
  const { bin } = JSON.parse(await fs.readFile('package.json', 'utf8'));
  await Promise.all(Object.values(bin).map((program) => fs.chmod(program, 0o755)));
}

const jobs = [];
for (const root of asked.length > 0 ? asked : ['apps', 'libs']) {
  await fs.rm(path.join('dist', root), { recursive: true, force: true });
  for (const file of await fs.readdir(root, { recursive: true })) {
    const source = path.join(root, file);
    if (/\.(ts|js)$/.test(source) && isSource(source)) jobs.push(compile(source));
  }
}
await Promise.all(jobs);
if (asked.length === 0) await finishPrograms();
console.error(`built ${jobs.length} files in ${Math.round(performance.now() - started)} ms`);
