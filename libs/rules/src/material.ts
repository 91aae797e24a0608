import type { Element, Ruleset } from '#lib/documents';
import { BALANCED_ELEMENTS, parseDecimal, RARE_EARTHS } from '#lib/materials';
import type { CertificateFacts, Rational } from '#lib/materials';

/** A magnet that a ruleset covers, as its parameters describe it. */
export type CoveredMaterial = Ruleset['parameters']['coveredMaterials'][number];

/** A covered material that the batch is, or may become. */
export interface Candidate {
  material: CoveredMaterial;
  /** The elements whose origins are judged, sorted. */
  elements: Element[];
  /** Elements that the material must hold and that the composition does not state, sorted. */
  undeclared: Element[];
}

/** Rare earths are separated from one another; other elements are not. */
export function elementKind(element: Element): 'rareEarth' | 'other' {
  return RARE_EARTHS.has(element) ? 'rareEarth' : 'other';
}

/**
 * The balanced elements that a composition names, sorted; a share of zero is no constituent. Unlike
 * the ledger's own reading it takes any composition, since an assessment never throws on facts.
 */
export function constituentsOf(composition: CertificateFacts['composition']): Element[] {
  const symbols = composition
    .filter(({ percent }) => /[1-9]/.test(percent))
    .flatMap(({ substance }) => substance.match(/[A-Z][a-z]?/g) ?? []);
  return sorted(symbols.filter((symbol): symbol is Element => BALANCED_ELEMENTS.has(symbol)));
}

/**
 * The covered materials that a batch is, if it is a magnet, or may become, if it is not one yet. A
 * magnet whose composition states the leading element and omits another is still taken for the
 * covered magnet: leaving boron unsaid does not leave the law behind.
 */
export function candidatesFor(
  parameters: Ruleset['parameters'],
  facts: CertificateFacts,
): Candidate[] {
  const present = constituentsOf(facts.composition);
  const has = (group: readonly Element[]) => group.some((element) => present.includes(element));
  const materials = parameters.coveredMaterials;
  const whole = materials.filter(({ elements }) => elements.every(has));
  const leading = materials.filter(({ elements }) => has(elements[0]!));
  const finished = facts.form === 'magnet';
  const anything = finished ? [] : materials;
  const chosen = [finished ? whole : [], leading, anything].find((list) => list.length > 0) ?? [];
  return chosen.map((material) => {
    const undeclared = finished ? material.elements.filter((group) => !has(group)) : [];
    // The law names one element per group; another member speaks only where that one is absent.
    const named = material.elements.flatMap(
      (group) => group.find((element) => present.includes(element)) ?? [],
    );
    const judged = parameters.constituents === 'all' ? present : named;
    const missing = undeclared.map((group) => group[0]!);
    return { material, elements: sorted([...judged, ...missing]), undeclared: sorted(missing) };
  });
}

function sorted(elements: readonly Element[]): Element[] {
  return [...new Set(elements)].sort();
}

/** The sum of percentages, exact. */
export function percentSum(percents: readonly string[]): Rational {
  return percents.map(parseDecimal).reduce(
    (sum, each) => ({
      numerator: sum.numerator * each.denominator + each.numerator * sum.denominator,
      denominator: sum.denominator * each.denominator,
    }),
    { numerator: 0n, denominator: 1n },
  );
}
