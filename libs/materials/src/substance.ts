import type { Element } from '#lib/documents';
import { refuse } from '#lib/problem';
import { atomicWeight, BALANCED_ELEMENTS } from './element.js';
import { add, rational, ZERO, type Rational } from './rational.js';

/** One element of a formula and how many atoms of it stand there. */
export interface FormulaPart {
  symbol: string;
  count: bigint;
}

/**
 * Reads a formula such as `Nd2O3`, `Pr6O11` or `Fe`, part by part as written. Throws
 * `schema-violation` at `pointer` for an element whose weight is not known here.
 */
export function parseFormula(substance: string, pointer?: string): FormulaPart[] {
  const parts: FormulaPart[] = [];
  for (const [, symbol, count] of substance.matchAll(/([A-Z][a-z]?)([0-9]*)/g)) {
    if (atomicWeight(symbol!) === undefined)
      throw refuse(
        'schema-violation',
        `${substance} names ${symbol}, which is no element here.`,
        pointer,
      );
    parts.push({ symbol: symbol!, count: BigInt(count || '1') });
  }
  if (parts.length === 0)
    throw refuse('schema-violation', `${substance} is not a chemical formula.`, pointer);
  return parts;
}

/** Fractions of the formulas read last; few are in use, and a flood of others only empties it. */
const known = new Map<string, ReadonlyMap<Element, Rational>>();
const KNOWN_MAXIMUM = 256;

/**
 * The exact mass fraction of every balanced element in a substance: for Nd2O3, Nd is
 * 2·Nd ÷ (2·Nd + 3·O) = 0.85736. Oxygen and the like weigh, but are not listed. Throws
 * `schema-violation` at `pointer` as `parseFormula` does.
 */
export function elementFractions(
  substance: string,
  pointer?: string,
): ReadonlyMap<Element, Rational> {
  const before = known.get(substance);
  if (before) return before;
  const fractions = weighFractions(parseFormula(substance, pointer));
  if (known.size >= KNOWN_MAXIMUM) known.clear();
  known.set(substance, fractions);
  return fractions;
}

function weighFractions(parts: readonly FormulaPart[]): Map<Element, Rational> {
  const weighed = parts.map(({ symbol, count }) => ({
    symbol,
    weight: count * atomicWeight(symbol)!,
  }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0n);
  const fractions = new Map<Element, Rational>();
  for (const { symbol, weight } of weighed) {
    if (!BALANCED_ELEMENTS.has(symbol)) continue;
    const element = symbol as Element;
    fractions.set(element, add(fractions.get(element) ?? ZERO, rational(weight, total)));
  }
  return fractions;
}
