import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pc } from '../colours.js';
import { ALL_FRAUDS } from './frauds/all-frauds.js';
import { tellHonestCase, type HonestCase } from './honest-case.js';
import { Narrator } from './narrator.js';
import { startRegistry, stopRegistry, type RunningRegistry } from './registries.js';
import type { FraudOutcome, Stage } from './stage.js';
import { witnessEachOther } from './witnessing.js';

/** How the demo ends and whom it tells. */
export interface DemoOptions {
  json?: boolean;
  keep?: boolean;
}

const INTERRUPTED = 130;

/**
 * Runs the whole story on two real registries, each with its own database and keys, through their
 * HTTP API. Returns the exit status: 0 only when the honest case is accepted and every fraud fails.
 */
export async function runDemo({ json = false, keep = false }: DemoOptions): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lodestone-demo-'));
  const running: RunningRegistry[] = [];
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => resolve(INTERRUPTED));
  });
  try {
    const status = await Promise.race([tellStory(folder, running, json), interrupted]);
    if (!keep || status === INTERRUPTED) return status;
    if (!json) sayWhereTheyRun(running);
    await interrupted;
    return status;
  } finally {
    await Promise.all(running.map(stopRegistry));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tellStory(
  folder: string,
  running: RunningRegistry[],
  json: boolean,
): Promise<number> {
  const tell = new Narrator(json ? () => undefined : (line) => console.log(line));
  tell.say(
    `${pc.bold('Lodestone')}: from a mine in Western Australia to a magnet accepted in the United States`,
  );
  tell.say(
    pc.dim(
      'Illustrative: drawn from public facts about the industry; every firm, office and figure is fictitious.',
    ),
  );
  const [au, us] = await Promise.all([
    startRegistry({
      jurisdiction: 'AU',
      domain: 'au.lodestone.example',
      name: 'Australian registry (illustrative)',
      dataFolder: path.join(folder, 'au'),
    }),
    startRegistry({
      jurisdiction: 'US',
      domain: 'us.lodestone.example',
      name: 'United States registry (illustrative)',
      dataFolder: path.join(folder, 'us'),
    }),
  ]);
  running.push(au, us);
  tell.chapter('Two registries, each a witness of the other');
  await witnessEachOther([au, us], tell);
  const evidenceFolder = path.resolve('.lodestone/demo');
  mkdirSync(evidenceFolder, { recursive: true });
  const honest = await tellHonestCase(au, us, evidenceFolder, tell);
  const frauds = await tryFrauds(honest.stage);
  const holds = honest.accepted && frauds.every(({ refused }) => refused);
  tellLimits(tell, holds);
  if (json) console.log(JSON.stringify(summary(honest, frauds, running)));
  return holds ? 0 : 1;
}

async function tryFrauds(stage: Stage): Promise<FraudOutcome[]> {
  const { tell } = stage;
  const outcomes: FraudOutcome[] = [];
  tell.chapter('The frauds, each through the public API');
  for (const { name, title, attempt } of ALL_FRAUDS) {
    const outcome = await attempt(stage);
    outcomes.push({ name, ...outcome });
    const mark = outcome.refused ? pc.green('caught') : pc.red('NOT CAUGHT');
    tell.say(`  ${mark}  ${title}`);
    tell.say(`          ${pc.bold(outcome.problem)}: ${outcome.detail}`);
  }
  return outcomes;
}

/** What no ledger can see: said every time, so that nobody believes more than is true. */
function tellLimits(tell: Narrator, holds: boolean): void {
  tell.chapter('What stays undetectable');
  tell.say(
    '  A processor, a laboratory and an auditor who lie together, each with a valid key, about',
  );
  tell.say('  material that exists: a ledger proves who said what and when, and that it adds up.');
  tell.say('  Counterparties, unannounced visits and retained samples are what reaches further.');
  tell.say();
  tell.say(holds ? pc.green('All of it holds.') : pc.red('Something did not hold: see above.'));
}

function sayWhereTheyRun(running: readonly RunningRegistry[]): void {
  for (const { jurisdiction, url } of running) console.log(`  ${jurisdiction} registry at ${url}`);
  console.log('  Ctrl-C stops them.');
}

function summary(honest: HonestCase, frauds: FraudOutcome[], running: readonly RunningRegistry[]) {
  return {
    honest: { accepted: honest.accepted, verdicts: honest.verdicts },
    frauds: frauds.map(({ name, refused, problem }) => ({ name, refused, problem })),
    registries: running.map(({ jurisdiction, url, origin, vkey }) => ({
      jurisdiction,
      url,
      origin,
      vkey,
    })),
    bundle: honest.bundleFile,
  };
}
