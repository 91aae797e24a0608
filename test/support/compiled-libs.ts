import fs from 'node:fs';
import path from 'node:path';
import { transformFile } from '@swc/core';

/**
 * Compiles libs/, and apps/ when asked, into `folder` as tools/build.mjs does into dist/, with a
 * package.json that gives `#lib/…` its meaning there. For tests that start threads or programs,
 * which load files without Jest.
 */
export async function compileLibs(folder: string, roots = ['libs']): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const imports = { '#lib/*': './libs/*/src/index.js' };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module', imports }));
  const sources = roots
    .flatMap((root) =>
      fs
        .readdirSync(root, { recursive: true, encoding: 'utf8' })
        .map((file) => path.join(root, file)),
    )
    .filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'));
  await Promise.all(sources.map((source) => compile(source, folder)));
}

async function compile(source: string, folder: string): Promise<void> {
  const out = path.join(folder, source).replace(/\.ts$/, '.js');
  fs.mkdirSync(path.dirname(out), { recursive: true });
  if (source.endsWith('.js')) fs.copyFileSync(source, out);
  else fs.writeFileSync(out, (await transformFile(source)).code);
}
