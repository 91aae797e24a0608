import type { Composition, Flag, Form } from '#lib/documents';
import { elementsOf } from './composition.js';
import { RARE_EARTHS } from './element.js';
import { isUsualCode } from './hs-code.js';
import { add, compare, multiply, parseDecimal, rational, ZERO, type Rational } from './rational.js';
import { elementFractions } from './substance.js';

/** A flag of one batch by one statement. */
export function flag(kind: Flag['kind'], batch: string, statement: string, detail: string): Flag {
  return { batch, detail, kind, statement };
}

/** Flags without repetition, by batch, statement and kind in alphabetical order. */
export function uniteFlags(flags: readonly Flag[]): Flag[] {
  const byKey = new Map(
    flags.map((each) => [`${each.batch} ${each.statement} ${each.kind}`, each]),
  );
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}

/** `hs-mismatch` when rare-earth material of that form is not usually declared under its HS code. */
export function inspectHsCode(
  {
    id,
    hsCode,
    form,
    composition,
  }: { id: string; hsCode?: string; form: Form; composition: Composition },
  statement: string,
): Flag[] {
  if (hsCode === undefined || isUsualCode(hsCode, form)) return [];
  if (!elementsOf(composition).some((element) => RARE_EARTHS.has(element))) return [];
  return [flag('hs-mismatch', id, statement, `HS ${hsCode} is unusual for ${form}.`)];
}

/**
 * `assay-mismatch` when a laboratory's result for an element differs from the declared composition by
 * more than the stated uncertainty, or shows a rare earth that was not declared. An element that
 * the laboratory did not measure says nothing.
 */
export function inspectAssay(
  batch: { id: string; composition: Composition },
  measured: Composition,
  statement: string,
): Flag[] {
  const declared = elementPercents(batch.composition, 'percent');
  const tolerance = elementPercents(measured, 'uncertainty');
  const differing: string[] = [];
  for (const [element, result] of elementPercents(measured, 'percent')) {
    const expected = declared.get(element);
    if (!expected && !RARE_EARTHS.has(element)) continue;
    if (isBeyond(result, expected ?? ZERO, tolerance.get(element) ?? ZERO)) differing.push(element);
  }
  if (differing.length === 0) return [];
  const detail = `The assay differs from the declaration in ${differing.sort().join(', ')}.`;
  return [flag('assay-mismatch', batch.id, statement, detail)];
}

function isBeyond(a: Rational, b: Rational, tolerance: Rational): boolean {
  return compare(a, add(b, tolerance)) > 0 || compare(b, add(a, tolerance)) > 0;
}

/** Percent, or its uncertainty, of each balanced element: substances broken down to their elements. */
function elementPercents(
  composition: Composition,
  member: 'percent' | 'uncertainty',
): Map<string, Rational> {
  const percents = new Map<string, Rational>();
  for (const constituent of composition)
    for (const [element, fraction] of elementFractions(constituent.substance)) {
      const part = multiply(parseDecimal(constituent[member] ?? '0'), fraction);
      percents.set(element, add(percents.get(element) ?? ZERO, part));
    }
  return percents;
}

/** A fraction of one as percent with two decimals, rounded down, for people. */
export function formatPercent(fraction: Rational): string {
  const hundredths = multiply(fraction, rational(10_000n));
  const digits = (hundredths.numerator / hundredths.denominator).toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)} %`;
}
