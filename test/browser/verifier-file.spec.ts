import fs from 'node:fs';
import vm from 'node:vm';
import { base64 } from '@scure/base';
import { canonicalBytes } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle, type Report } from '#lib/verification';
import { JUDGE, makeBrowserFile } from '../support/browser-file.js';
import { journey, magnetBundle, trustOf, type Evidence } from '../support/evidence.js';

let made: ReturnType<typeof makeBrowserFile>;
let evidence: Evidence;
let bundle: Uint8Array;

beforeAll(async () => {
  made = makeBrowserFile();
  evidence = await journey();
  bundle = await magnetBundle(evidence);
});

afterAll(() => made.remove());

/** Runs the file where nothing of Node is, and where text cannot become code. */
async function judge(bytes: Uint8Array): Promise<{ report: Report; batch?: string }> {
  const page = vm.createContext(
    { TextEncoder, TextDecoder, atob, btoa },
    { codeGeneration: { strings: false, wasm: false } },
  );
  vm.runInContext(fs.readFileSync(made.file, 'utf8'), page);
  const run = vm.runInContext(JUDGE, page) as (...texts: string[]) => Promise<string>;
  const trust = base64.encode(canonicalBytes(trustOf(evidence)));
  return JSON.parse(await run(base64.encode(bytes), trust, evidence.us.now)) as { report: Report };
}

describe('the verifier as one file for browsers', () => {
  it('reaches the server’s verdict, word for word, with nothing of Node in sight', async () => {
    const options = { at: evidence.us.now };
    const { report, batch } = await judge(bundle);
    expect(report).toEqual(await inspectBundle(nodeCrypto, bundle, trustOf(evidence), options));
    expect(report.accepted).toBe(true);
    expect(batch).toBe(evidence.magnets);
  });

  it('finds an altered byte', async () => {
    const altered = bundle.slice();
    altered[altered.length >> 1]! ^= 1;
    expect((await judge(altered)).report.accepted).toBe(false);
  });

  it('offers the rules beside the verifier', () => {
    const page = vm.createContext({ TextEncoder, TextDecoder, atob, btoa });
    vm.runInContext(fs.readFileSync(made.file, 'utf8'), page);
    const names = vm.runInContext('Object.keys(lodestone).sort().join()', page) as string;
    expect(names.split(',')).toEqual(expect.arrayContaining(['assess', 'inspectBundle']));
  });

  it('loads nothing and evaluates nothing', () => {
    const text = fs.readFileSync(made.file, 'utf8');
    expect(text).not.toMatch(/\brequire\(|\bimport\(|\beval\(|new Function\(|\bfetch\(|XMLHttp/);
    expect(text).not.toMatch(/^\s*(import|export)\b/m);
  });
});
