// Shows that the tests bite: takes one guard at a time out of a copy of this tree, runs the test that
// should notice, and demands that it fails.
//
//   node tools/mutate.mjs [words of an invariant…]
//
// Exits 1 when a mutation survives, 2 when one cannot be made because the text to replace has changed,
// or when a test does not pass without any mutation.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MUTATIONS } from './mutations.mjs';

const GENERATED = 'libs/documents/src/generated';
const wanted = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = MUTATIONS.filter(({ invariant }) =>
  wanted.every((word) => invariant.toLowerCase().includes(word)),
);
const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-mutations-'));

try {
  process.exitCode = await run();
} finally {
  fs.rmSync(copy, { recursive: true, force: true });
}

async function run() {
  copyTree();
  const stale = chosen.filter((mutation) => mutationProblem(mutation) !== undefined);
  for (const mutation of stale) say('STALE', mutation, mutationProblem(mutation));
  const usable = chosen.filter((mutation) => !stale.includes(mutation));
  if (usable.length === 0) {
    console.log(`no mutation to try among ${MUTATIONS.length}`);
    return 2;
  }
  const broken = await failuresOf([...new Set(usable.map(({ test }) => test))]);
  if (broken.verdict !== 'passed') {
    console.log(`the tests do not pass without any mutation: ${broken.detail}`);
    return 2;
  }
  let survivors = 0;
  for (const mutation of usable) if (!(await isCaught(mutation))) survivors++;
  console.log(
    `${usable.length - survivors} of ${usable.length} mutations were caught, ${stale.length} could not be made`,
  );
  if (survivors > 0) return 1;
  return stale.length > 0 ? 2 : 0;
}

/** What git knows of, as it is now, with the packages that are installed and what was generated. */
function copyTree() {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const files = execFileSync('git', list, { encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\0');
  for (const file of files) {
    if (!file || !fs.existsSync(file) || file === 'node_modules') continue;
    fs.cpSync(file, path.join(copy, file));
  }
  if (!fs.existsSync(GENERATED)) execFileSync(process.execPath, ['tools/generate.mjs']);
  fs.cpSync(GENERATED, path.join(copy, GENERATED), { recursive: true });
  fs.symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));
}

/** Why a mutation cannot be made; undefined when it can. */
function mutationProblem({ file, find }) {
  const source = path.join(copy, file);
  if (!fs.existsSync(source)) return `${file} is no longer there`;
  const times = fs.readFileSync(source, 'utf8').split(find).length - 1;
  if (times === 1) return undefined;
  return times === 0
    ? `the text to replace is no longer in ${file}: ${find}`
    : `the text to replace stands ${times} times in ${file}: ${find}`;
}

/** Whether the mutation's own test fails with it, and for a reason of its own. */
async function isCaught(mutation) {
  const source = path.join(copy, mutation.file);
  const text = fs.readFileSync(source, 'utf8');
  fs.writeFileSync(
    source,
    text.replace(mutation.find, () => mutation.replace),
  );
  try {
    const { verdict, detail } = await failuresOf([mutation.test], mutation.named);
    say(verdict === 'failed' ? 'caught' : 'SURVIVED', mutation, detail);
    return verdict === 'failed';
  } finally {
    fs.writeFileSync(source, text);
  }
}

/** Runs tests in the copy: passed, failed by a test's own demand, or did not run at all. */
function failuresOf(tests, named) {
  const report = path.join(copy, 'report.json');
  const args = ['node_modules/.bin/jest', ...tests, '--json', '--outputFile', report, '--silent'];
  if (named) args.push('--testNamePattern', named);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore' });
    child.once('exit', () => resolve(verdictIn(report)));
  });
}

function verdictIn(report) {
  if (!fs.existsSync(report)) return { verdict: 'not run', detail: 'the tests could not be run' };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(
    fs.readFileSync(report, 'utf8'),
  );
  fs.rmSync(report);
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  if (numFailedTests > 0) return { verdict: 'failed', detail: failed.fullName };
  const unread = testResults.find(({ status }) => status === 'failed');
  if (unread) return { verdict: 'not run', detail: unread.message.slice(0, 300) };
  if (numPassedTests === 0) return { verdict: 'not run', detail: 'no test of that name' };
  return { verdict: 'passed', detail: `${numPassedTests} tests passed` };
}

function say(word, { invariant }, detail) {
  console.log(`${word.padEnd(9)} ${invariant}\n          ${detail}`);
}
