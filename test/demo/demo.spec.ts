import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lodestone, type Outcome } from '../support/shell.js';

const CLI = path.resolve('dist/apps/cli/src/main.js');

/** Each fraud by name, and the problem, verdict, check or finding that must name it. */
const FRAUDS = {
  'alloy-melted-in-china': 'non-compliant',
  'scrap-of-unknown-origin': 'indeterminate',
  'double-spend': 'batch-spent',
  'lot-in-two-registries': 'batch-not-active, release-already-imported',
  'more-magnet-than-the-oxide-yields': 'element-balance-exceeded',
  'handover-by-non-holder': 'not-custodian',
  'altered-certificate': 'entry-matches-statement',
  'revoked-key': 'key-not-valid',
  'changed-ledger-row': 'altered',
  'wrong-log-checkpoint': 'checkpoint-signed',
  'forked-log': 'log-inconsistent-checkpoint',
};

interface Story {
  honest: {
    accepted: boolean;
    verdicts: { ruleset: string; governingDate: string; verdict: string }[];
  };
  frauds: { name: string; refused: boolean; problem: string }[];
  registries: { jurisdiction: string; url: string; origin: string; vkey: string }[];
  bundle: string;
}

/** A demo that has told its story and keeps its registries. */
interface KeptDemo {
  story: Story;
  /** All lines on standard output so far. */
  lines(): string[];
  /** Ctrl-C; resolves with the exit status. */
  end(): Promise<number | null>;
}

jest.setTimeout(180_000);

describe('the demo', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-demo-spec-'));
  let kept: KeptDemo;

  beforeAll(async () => {
    kept = await tellAndKeep(folder);
  });
  afterAll(async () => {
    await kept?.end();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('tells an honest case that is accepted, whose verdict follows the law and the evidence', () => {
    const { accepted, verdicts } = kept.story.honest;
    expect(accepted).toBe(true);
    expect(verdicts).toEqual([
      {
        ruleset: 'us-dfars-252.225-7052@2024-05',
        governingDate: '2026-12-15',
        verdict: 'compliant',
      },
      {
        ruleset: 'us-dfars-252.225-7052@2027-01',
        governingDate: '2027-02-15',
        verdict: 'indeterminate',
      },
      {
        ruleset: 'us-dfars-252.225-7052@2027-01',
        governingDate: '2027-02-15',
        verdict: 'compliant',
      },
    ]);
  });

  it('has every fraud refused, or found, by the name that it deserves', () => {
    expect(kept.story.frauds).toEqual(
      Object.entries(FRAUDS).map(([name, problem]) => ({ name, refused: true, problem })),
    );
  });

  it('names its two registries, which answer for as long as it is told to keep them', async () => {
    const { registries } = kept.story;
    expect(registries.map(({ jurisdiction }) => jurisdiction)).toEqual(['AU', 'US']);
    for (const { url, origin, vkey } of registries) {
      const checkpoint = await (await fetch(`${url}/log/checkpoint`)).text();
      expect(checkpoint.startsWith(`${origin}\n`)).toBe(true);
      expect(vkey.startsWith(`${origin}+`)).toBe(true);
    }
  });

  it('leaves a file that is accepted offline, by the trust file beside it', async () => {
    const { code, stdout } = await verify('trust.json', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: true });
  });

  it('leaves a file that is not accepted by whoever trusts another registry', async () => {
    const trust = JSON.parse(fs.readFileSync(beside('trust.json'), 'utf8'));
    const own = trust.registries.filter(
      ({ jurisdiction }: { jurisdiction: string }) => jurisdiction === 'US',
    );
    fs.writeFileSync(beside('other.json'), JSON.stringify({ ...trust, registries: own }));
    const { code, stdout } = await verify('other.json');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT ACCEPTED\n[\s\S]*FAIL +Every registry in it is one you trust/);
  });

  it('ends at Ctrl-C with one line on standard output and nothing else, its registries gone', async () => {
    expect(await kept.end()).toBe(0);
    expect(kept.lines()).toEqual([JSON.stringify(kept.story)]);
    for (const { url } of kept.story.registries) await expect(fetch(url)).rejects.toThrow();
  });

  const beside = (name: string) => path.join(path.dirname(kept.story.bundle), name);
  const verify = (trust: string, ...more: string[]): Promise<Outcome> =>
    lodestone(folder, ['verify', kept.story.bundle, '--trust', beside(trust), ...more]);
});

/** Runs `lodestone demo --json --keep` until its line is there. */
function tellAndKeep(cwd: string): Promise<KeptDemo> {
  const { DATABASE_URL: _, DATABASE_ADMIN_URL: __, ...env } = process.env;
  const child = spawn(process.execPath, [CLI, 'demo', '--json', '--keep'], { cwd, env });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let output = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (!output.endsWith('\n')) return;
      resolve({
        story: JSON.parse(output.split('\n')[0]!) as Story,
        lines: () => output.split('\n').slice(0, -1),
        end: () => {
          child.kill('SIGINT');
          return ended;
        },
      });
    });
    void ended.then((code) => reject(new Error(`exit ${code}: ${complaint}`)));
  });
}
