import type { Element, RecycledShare } from '#lib/documents';
import { refuse } from '#lib/problem';
import { elementsOf, type Contents } from './composition.js';
import type { Composition } from '#lib/documents';
import { add, compare, multiply, parseDecimal, rational, ZERO, type Rational } from './rational.js';

/** What went into an event from one batch: how much of each element, and its recycled shares. */
export interface RecycledSource {
  contents: Contents;
  recycled: readonly RecycledShare[];
}

const HUNDRED = rational(100n);
const KINDS = ['preConsumer', 'postConsumer'] as const;

/**
 * Throws `schema-violation` under `pointer` for shares that no material can have: an element stated
 * twice or absent from the composition, or pre- and post-consumer shares above 100 % together.
 */
export function requireSoundShares(
  shares: readonly RecycledShare[],
  composition: Composition,
  pointer: string,
): void {
  const left = new Set(elementsOf(composition));
  for (const [i, { element, preConsumer, postConsumer }] of shares.entries()) {
    const at = `${pointer}/${i}`;
    if (!left.delete(element))
      throw refuse(
        'schema-violation',
        `${element} is stated twice or not contained.`,
        `${at}/element`,
      );
    if (compare(add(parseDecimal(preConsumer), parseDecimal(postConsumer)), HUNDRED) > 0)
      throw refuse('schema-violation', `More than all ${element} is said to be recycled.`, at);
  }
}

/**
 * Throws `element-balance-exceeded` under `pointer` when an output claims a larger recycled share of
 * an element than its inputs carried on average, weighted by the mass of that element.
 */
export function requireCarriedShares(
  shares: readonly RecycledShare[],
  sources: readonly RecycledSource[],
  pointer: string,
): void {
  for (const [i, share] of shares.entries())
    for (const kind of KINDS)
      if (compare(parseDecimal(share[kind]), carriedPercent(share.element, kind, sources)) > 0)
        throw refuse(
          'element-balance-exceeded',
          `The inputs carry less recycled ${share.element} than ${share[kind]} %.`,
          `${pointer}/${i}/${kind}`,
        );
}

function carriedPercent(
  element: Element,
  kind: (typeof KINDS)[number],
  sources: readonly RecycledSource[],
): Rational {
  let total = ZERO;
  let carried = ZERO;
  for (const { contents, recycled } of sources) {
    const amount = contents.get(element) ?? ZERO;
    const share = recycled.find((each) => each.element === element);
    total = add(total, amount);
    if (share) carried = add(carried, multiply(amount, parseDecimal(share[kind])));
  }
  return total.numerator === 0n
    ? ZERO
    : multiply(carried, rational(total.denominator, total.numerator));
}
