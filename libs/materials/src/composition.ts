import type { Composition, Element } from '#lib/documents';
import { refuse } from '#lib/problem';
import { add, ceil, compare, floor, multiply, parseDecimal, rational, ZERO } from './rational.js';
import type { Rational } from './rational.js';
import { elementFractions } from './substance.js';

/** What a batch contains of each balanced element: milligrams, or mass fractions, exact. */
export type Contents = Map<Element, Rational>;

const HUNDRED = rational(100n);

/** What a composition says. */
interface Reading {
  fractions: ReadonlyMap<Element, Rational>;
  /** In alphabetical order. */
  elements: readonly Element[];
}

/** Compositions already read: one event asks for the same ones many times. */
const known = new WeakMap<Composition, Reading>();

/** The same by what they say, read last: a works makes batch after batch of one composition. */
const knownTexts = new Map<string, Reading>();
const KNOWN_TEXTS_MAXIMUM = 1_024;

/**
 * The mass fraction of each balanced element by a composition, exact. Throws `schema-violation`
 * under `pointer` when the percentages exceed 100 together, a substance stands twice, or a formula
 * names no element.
 */
export function contentFractions(
  composition: Composition,
  pointer: string,
): ReadonlyMap<Element, Rational> {
  return readComposition(composition, pointer).fractions;
}

/** The exact milligrams of each element in `massMg` milligrams of material of that composition. */
export function contentsOf(massMg: bigint, composition: Composition, pointer = ''): Contents {
  return scaleContents(contentFractions(composition, pointer), rational(massMg));
}

/** Adds `more` to `contents`, in place. */
export function addContents(contents: Contents, more: Contents): void {
  for (const [element, amount] of more)
    contents.set(element, add(contents.get(element) ?? ZERO, amount));
}

/** Every amount multiplied by one factor. */
export function scaleContents(
  contents: ReadonlyMap<Element, Rational>,
  factor: Rational,
): Contents {
  return new Map([...contents].map(([element, amount]) => [element, multiply(amount, factor)]));
}

/** Whole milligrams of each element as an input counts them: rounded down, so nothing is credited. */
export function inputMilligrams(contents: Contents): Map<Element, bigint> {
  return new Map([...contents].map(([element, amount]) => [element, floor(amount)]));
}

/** Whole milligrams of each element as an output counts them: rounded up. */
export function outputMilligrams(contents: Contents): Map<Element, bigint> {
  return new Map([...contents].map(([element, amount]) => [element, ceil(amount)]));
}

/** The balanced elements that a composition names, in alphabetical order. */
export function elementsOf(composition: Composition): readonly Element[] {
  return readComposition(composition, '').elements;
}

function readComposition(composition: Composition, pointer: string): Reading {
  const before = known.get(composition);
  if (before) return before;
  const text = composition.map(({ substance, percent }) => `${substance} ${percent}`).join();
  const reading = knownTexts.get(text) ?? readingOf(readFractions(composition, pointer));
  known.set(composition, reading);
  if (knownTexts.size >= KNOWN_TEXTS_MAXIMUM) knownTexts.clear();
  knownTexts.set(text, reading);
  return reading;
}

function readingOf(fractions: Contents): Reading {
  return { fractions, elements: [...fractions.keys()].sort() };
}

function readFractions(composition: Composition, pointer: string): Contents {
  const fractions: Contents = new Map();
  const seen = new Set<string>();
  let total = ZERO;
  for (const [i, { substance, percent }] of composition.entries()) {
    const at = `${pointer}/${i}/substance`;
    if (seen.has(substance))
      throw refuse('schema-violation', `${substance} stands twice in the composition.`, at);
    seen.add(substance);
    const share = multiply(parseDecimal(percent), rational(1n, 100n));
    total = add(total, share);
    for (const [element, fraction] of elementFractions(substance, at))
      fractions.set(element, add(fractions.get(element) ?? ZERO, multiply(share, fraction)));
  }
  if (compare(multiply(total, HUNDRED), HUNDRED) > 0)
    throw refuse('schema-violation', 'The composition adds up to more than 100 %.', pointer);
  for (const [element, fraction] of fractions)
    if (fraction.numerator === 0n) fractions.delete(element);
  return fractions;
}
