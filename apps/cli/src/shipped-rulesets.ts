import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ruleset } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isInForce, parseRuleset, selectRuleset } from '#lib/rules';
import { readBytes } from './files.js';

/** Where the packs lie that come with the program: the same place from the sources as from dist/. */
const SHIPPED = path.resolve(
  fileURLToPath(import.meta.url).replace(/([/\\])dist([/\\]apps[/\\]cli[/\\]src[/\\])/, '$1$2'),
  '../../../../schemas/rulesets',
);

/** The rulesets in a folder, by default those that come with the program. Throws `schema-violation`. */
export function readRulesets(folder: string = SHIPPED): Ruleset[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => parseRuleset(readBytes(path.join(folder, file))));
}

/**
 * Those asked for by id, else every one, each in the version in force on the day. Throws
 * `ruleset-not-in-force`, or `not-found` for an id that is not there at all.
 */
export function chooseRulesets(
  rulesets: readonly Ruleset[],
  date: string,
  wanted: readonly string[] | undefined,
): Ruleset[] {
  const inForce = rulesets.filter((each) => isInForce(each, date)).map(({ id }) => id);
  const ids = wanted ?? [...new Set(inForce)];
  if (ids.length === 0)
    throw refuse('ruleset-not-in-force', `No ruleset known here is in force on ${date}.`);
  return ids.map((id) => selectRuleset(rulesets, id, date));
}
