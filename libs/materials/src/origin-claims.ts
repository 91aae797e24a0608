import type { Element, OriginClaim, Step } from '#lib/documents';

/**
 * The union of claims, each element stated once per step and country, in alphabetical order of step,
 * country and element. Only the elements in `elements` are kept.
 */
export function uniteOrigins(
  claims: readonly (Omit<OriginClaim, 'elements'> & { elements: readonly Element[] })[],
  elements: readonly Element[],
): OriginClaim[] {
  const united = new Map<string, { step: Step; country: string; elements: Set<Element> }>();
  for (const { step, country, elements: claimed } of claims) {
    const key = `${step} ${country}`;
    const entry = united.get(key) ?? { step, country, elements: new Set() };
    for (const element of claimed) if (elements.includes(element)) entry.elements.add(element);
    if (entry.elements.size > 0) united.set(key, entry);
  }
  const inOrder = [...elements].sort();
  return [...united.keys()].sort().map((key) => {
    const { step, country, elements: found } = united.get(key)!;
    return { country, elements: inOrder.filter((element) => found.has(element)), step };
  });
}
