import { readFileSync } from 'node:fs';
import path from 'node:path';

const SOURCE = path.join(__dirname, '../../libs/documents/src');
const read = (name: string) => readFileSync(path.join(SOURCE, name), 'utf8');

describe('what is generated from schemas/', () => {
  it('runs under a content security policy: no eval, no Function, no require', () => {
    expect(read('generated/validators.js')).not.toMatch(/\beval\(|new Function|\brequire\(/);
  });

  it('has every type exported by name, save the raw Submission that parseSubmission refines', () => {
    const types = read('generated/types.ts').matchAll(/^export (?:interface|type) (\w+)/gm);
    const exported = new Set(read('index.ts').match(/\w+/g));
    const missing = [...types].map(([, name]) => name!).filter((name) => !exported.has(name));
    expect(missing).toEqual([]);
  });
});
