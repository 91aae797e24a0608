// Makes dist/browser/lodestone-verifier.js: the verifier and the rules in one file that a page loads
// with <script src>. Everything hangs on the one global `lodestone`; nothing is fetched, nothing is
// evaluated, nothing of Node is needed. Bundled from the sources, so that it needs no build before.
import { build } from 'esbuild';
import { replaceFile } from './replace-file.mjs';

const [outfile = 'dist/browser/lodestone-verifier.js'] = process.argv.slice(2);

const FRONT_DOOR = `
export { certificateOf, CHECKS, inspectBundle, parseBundle, parseTrust } from '#lib/verification';
export { assess, assessAll, parseRuleset } from '#lib/rules';
export { nobleCrypto } from '#lib/credentials';
`;

const { outputFiles } = await build({
  stdin: { contents: FRONT_DOOR, resolveDir: process.cwd(), sourcefile: 'lodestone-verifier.ts' },
  outfile,
  write: false,
  bundle: true,
  conditions: ['lodestone-src'],
  format: 'iife',
  globalName: 'lodestone',
  legalComments: 'inline',
  logLevel: 'warning',
  minify: true,
  platform: 'browser',
  target: 'es2023',
});
for (const { path, contents } of outputFiles) await replaceFile(path, contents);
