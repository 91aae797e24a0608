import { canonicalBytes, checkDocument, parseJson, toHex } from '#lib/documents';
import type { Ruleset, Sha256 } from '#lib/documents';
import { refuse } from '#lib/problem';

/**
 * Reads a ruleset from the bytes of a JSON document, in any layout. Throws `malformed-json`, or
 * `schema-violation` if it breaks its schema or contradicts itself.
 */
export function parseRuleset(bytes: Uint8Array): Ruleset {
  const ruleset = checkDocument('Ruleset', parseJson(bytes));
  verifyRuleset(ruleset);
  return ruleset;
}

/** SHA-256 over the RFC 8785 bytes of a ruleset, hex: what a verdict names it by. */
export function rulesetDigest(sha256: Sha256, ruleset: Ruleset): string {
  return toHex(sha256(canonicalBytes(ruleset)));
}

/** Whether a ruleset is in force on a day (RFC 3339 full-date); both ends are included. */
export function isInForce(
  { effectiveFrom, effectiveTo }: Pick<Ruleset, 'effectiveFrom' | 'effectiveTo'>,
  date: string,
): boolean {
  return effectiveFrom <= date && (effectiveTo === null || date <= effectiveTo);
}

/**
 * The version of a ruleset that governs on a day; of two in force, the one that took effect later.
 * Throws `not-found` for an unknown id, `ruleset-not-in-force` when no version covers the day.
 */
export function selectRuleset(
  rulesets: readonly Ruleset[],
  id: string,
  governingDate: string,
): Ruleset {
  const versions = rulesets.filter((ruleset) => ruleset.id === id);
  if (versions.length === 0) throw refuse('not-found', `There is no ruleset ${id} here.`);
  const key = ({ effectiveFrom, version }: Ruleset) => `${effectiveFrom} ${version}`;
  const [latest] = versions
    .filter((ruleset) => isInForce(ruleset, governingDate))
    .sort((a, b) => (key(a) < key(b) ? 1 : -1));
  if (latest === undefined)
    throw refuse('ruleset-not-in-force', `No version of ${id} is in force on ${governingDate}.`);
  return latest;
}

/**
 * Throws `schema-violation`, with a pointer below `prefix`, unless the ruleset is consistent with
 * itself: dates in order, ids unique, and every exception and material that a clause names defined.
 */
export function verifyRuleset(ruleset: Ruleset, prefix = ''): void {
  const reject = (detail: string, pointer: string) =>
    refuse('schema-violation', detail, prefix + pointer);
  const { effectiveFrom, effectiveTo, parameters, clauses, exceptions } = ruleset;
  if (effectiveTo !== null && effectiveTo < effectiveFrom)
    throw reject('The ruleset ends before it begins.', '/effectiveTo');
  requireUnique(
    clauses.map(({ id }) => id),
    '/clauses',
    reject,
  );
  requireUnique(
    exceptions.map(({ id }) => id),
    '/exceptions',
    reject,
  );
  requireUnique(
    parameters.stepVerbs.map(({ step }) => step),
    '/parameters/stepVerbs',
    reject,
  );
  requireUnique(
    parameters.formSteps.map(({ form }) => form),
    '/parameters/formSteps',
    reject,
  );
  const materials = new Set(parameters.coveredMaterials.map(({ name }) => name));
  const defined = new Set(exceptions.map(({ id }) => id));
  for (const [index, clause] of clauses.entries()) {
    const unknown = clause.exceptions.find((id) => !defined.has(id));
    if (unknown !== undefined)
      throw reject(`No exception has the id ${unknown}.`, `/clauses/${index}/exceptions`);
    const named = clause.kind === 'country-prohibited' ? clause.parameters.materials : [];
    const strange = named.find((name) => !materials.has(name));
    if (strange !== undefined)
      throw reject(
        `No covered material is called ${strange}.`,
        `/clauses/${index}/parameters/materials`,
      );
  }
}

function requireUnique(
  keys: readonly string[],
  pointer: string,
  reject: (detail: string, pointer: string) => Error,
): void {
  const index = keys.findIndex((key, at) => keys.indexOf(key) !== at);
  if (index >= 0) throw reject(`${keys[index]} appears twice.`, `${pointer}/${index}`);
}
