// Compiles apps/ and libs/ to dist/ with SWC, file for file: no path is rewritten by any tool. With
// arguments it compiles those folders instead: `node tools/build.mjs bench test/support`. A program
// may run from dist/ meanwhile: what is still right is left alone, what changed is replaced at once,
// and nothing is ever missing in between.
import { transformFile } from '@swc/core';
import fs from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from './replace-file.mjs';

const started = performance.now();
const asked = process.argv.slice(2);
const roots = asked.length > 0 ? asked : ['apps', 'libs'];
const isSource = (file) =>
  /\.(ts|js)$/.test(file) &&
  (asked.length > 0 || file.split(path.sep).includes('src')) &&
  !/[.-]spec\.ts$|\.d\.ts$/.test(file);

/** Gives the paths of what came of it. */
async function compile(source) {
  const out = path.join('dist', source).replace(/\.ts$/, '.js');
  if (source.endsWith('.js')) return [await replaceFile(out, await fs.readFile(source))];
  const { code, map } = await transformFile(source);
  const link = `\n//# sourceMappingURL=${path.basename(out)}.map\n`;
  return Promise.all([replaceFile(`${out}.map`, map), replaceFile(out, code + link)]);
}

/** What was made of sources that are gone. */
async function removeOthers(root, made) {
  const folder = path.join('dist', root);
  for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.js(\.map)?$/.test(file) && !made.has(file)) await fs.rm(file);
  }
}

async function finishPrograms() {
  await import('./bundle-verifier.mjs');
  // npm makes a package's programs executable when it installs it, and not when they are built again.
  const { bin } = JSON.parse(await fs.readFile('package.json', 'utf8'));
  await Promise.all(Object.values(bin).map((program) => fs.chmod(program, 0o755)));
}

let count = 0;
for (const root of roots) {
  const files = await fs.readdir(root, { recursive: true });
  const sources = files.map((file) => path.join(root, file)).filter(isSource);
  const made = await Promise.all(sources.map(compile));
  await removeOthers(root, new Set(made.flat()));
  count += sources.length;
}
if (asked.length === 0) await finishPrograms();
console.error(`built ${count} files in ${Math.round(performance.now() - started)} ms`);
