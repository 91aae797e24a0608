import type { Element, Step } from '#lib/documents';
import { RARE_EARTHS } from './element.js';
import { add, compare, multiply, parseDecimal, rational, ZERO, type Rational } from './rational.js';
import type { YieldBand } from './registry.js';
import type { Contents } from './composition.js';

/**
 * Plausible elemental yields where a genesis names no others. Industry practice and no law: outside
 * the band a batch is flagged, never refused.
 */
export const DEFAULT_YIELD_BANDS: readonly YieldBand[] = [
  { step: 'beneficiate', minimumPercent: '60', maximumPercent: '85' },
  { step: 'crack', minimumPercent: '85', maximumPercent: '95' },
  { step: 'separate', minimumPercent: '92', maximumPercent: '98' },
  { step: 'calcine', minimumPercent: '98', maximumPercent: '100' },
  { step: 'reduce', minimumPercent: '92', maximumPercent: '98' },
  { step: 'cast', minimumPercent: '96', maximumPercent: '99' },
  { step: 'decrepitate', minimumPercent: '99', maximumPercent: '100' },
  { step: 'mill', minimumPercent: '95', maximumPercent: '99' },
  { step: 'press', minimumPercent: '99', maximumPercent: '100' },
  { step: 'sinter', minimumPercent: '95', maximumPercent: '98' },
  { step: 'machine', minimumPercent: '65', maximumPercent: '90' },
  { step: 'coat', minimumPercent: '98', maximumPercent: '100' },
  { step: 'magnetise', minimumPercent: '99', maximumPercent: '100' },
];

/** A yield outside its band: exact fractions of one. */
export interface YieldFinding {
  kind: 'yield-below-band' | 'yield-above-band';
  yield: Rational;
}

/** The ends of a band, fractions of one. */
interface YieldLimits {
  minimum: Rational;
  maximum: Rational;
}

/** Bands already read: every event asks for those of the same registry. */
const known = new WeakMap<YieldBand, YieldLimits>();

const PER_CENT = rational(1n, 100n);
const WHOLE = rational(1n);

/**
 * Whether the yield of an event lies outside the bands of its steps multiplied together. The yield is
 * that of the rare earths that make up at least a hundredth of the product's rare earths, for a
 * trace says nothing about a process. Undefined when inside, when a step has no band, or when no
 * rare earth went through.
 */
export function inspectYield(
  steps: readonly Step[],
  bands: readonly YieldBand[],
  input: Contents,
  product: Contents,
): YieldFinding | undefined {
  const band = combinedBand(steps, bands);
  const elements = yieldElements(product);
  const given = sumOf(input, elements);
  if (!band || given.numerator === 0n) return undefined;
  const reached = multiply(sumOf(product, elements), rational(given.denominator, given.numerator));
  if (compare(reached, band.minimum) < 0) return { kind: 'yield-below-band', yield: reached };
  if (compare(reached, band.maximum) > 0) return { kind: 'yield-above-band', yield: reached };
  return undefined;
}

function combinedBand(
  steps: readonly Step[],
  bands: readonly YieldBand[],
): YieldLimits | undefined {
  let minimum = WHOLE;
  let maximum = WHOLE;
  for (const step of steps) {
    const band = bands.find((each) => each.step === step);
    if (!band) return undefined;
    const limits = limitsOf(band);
    minimum = multiply(minimum, limits.minimum);
    maximum = multiply(maximum, limits.maximum);
  }
  return { minimum, maximum };
}

function limitsOf(band: YieldBand): YieldLimits {
  const before = known.get(band);
  if (before) return before;
  const limits = {
    minimum: multiply(parseDecimal(band.minimumPercent), PER_CENT),
    maximum: multiply(parseDecimal(band.maximumPercent), PER_CENT),
  };
  known.set(band, limits);
  return limits;
}

function yieldElements(product: Contents): Element[] {
  const rareEarths = [...product.keys()].filter((element) => RARE_EARTHS.has(element));
  const threshold = multiply(sumOf(product, rareEarths), PER_CENT);
  return rareEarths.filter((element) => compare(product.get(element)!, threshold) >= 0);
}

function sumOf(contents: Contents, elements: readonly Element[]): Rational {
  return elements.reduce((sum, element) => add(sum, contents.get(element) ?? ZERO), ZERO);
}
