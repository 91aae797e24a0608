import fs from 'node:fs';
import path from 'node:path';
import { PROBLEMS } from '#lib/problem';

/** Sources below a folder, each with its text. */
function sources(folder: string, ending: RegExp): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !file.includes('generated'))
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
}

describe('the registry of problems', () => {
  const names = Object.keys(PROBLEMS);
  const mentionedIn = (texts: string[]) =>
    new Set(names.filter((name) => texts.some((text) => text.includes(`'${name}'`))));

  it('has no problem that nothing throws', () => {
    const thrown = mentionedIn(
      ['apps', 'libs']
        .flatMap((folder) => sources(folder, /\.ts$/))
        .filter((text) => !text.includes('export const PROBLEMS')),
    );
    expect(names.filter((name) => !thrown.has(name))).toEqual([]);
  });

  it('has no problem that no test provokes', () => {
    const provoked = mentionedIn(sources('test', /\.spec\.ts$/));
    expect(names.filter((name) => !provoked.has(name))).toEqual([]);
  });
});
