import type { Element, MakeEvent, Opened } from '#lib/documents';
import { refuse } from '#lib/problem';
import { addContents, contentsOf, type Contents } from '../composition.js';
import { formatKilograms, parseMass } from '../quantity.js';
import { ceil, compare, floor, multiply, rational, ZERO } from '../rational.js';
import { drawnContents, type Draw } from './draw.js';
import type { Product } from './product.js';

const OUTPUTS = '/credentialSubject/outputs';

/** Throws for losses that are no masses or whose composition cannot be. Losses round up. */
export function readLosses({ credentialSubject }: Opened<MakeEvent>) {
  return credentialSubject.losses.map(({ kind, quantity, composition }, i) => {
    const pointer = `/credentialSubject/losses/${i}`;
    const { massMg, basis } = parseMass(quantity, 'up', `${pointer}/quantity`);
    const contents = contentsOf(massMg, composition ?? [], `${pointer}/composition`);
    return { kind, massMg, basis, contents };
  });
}

/**
 * Throws `element-balance-exceeded` when more of any element leaves in outputs and losses than the
 * inputs brought. The comparison is of exact fractions, so that neither rounding nor measurement
 * uncertainty ever credits mass. What is mined comes from nothing and is not balanced.
 */
export function requireElementBalance(
  statement: Opened<MakeEvent>,
  draws: readonly Draw[],
  products: readonly Product[],
): void {
  const losses = readLosses(statement);
  if (draws.length === 0) return;
  const input = drawnContents(draws);
  const output: Contents = new Map();
  for (const { contents } of [...products, ...losses]) addContents(output, contents);
  for (const [element, amount] of output) {
    const given = input.get(element) ?? ZERO;
    if (compare(amount, given) > 0) throw exceeded(element, floor(given), ceil(amount));
  }
}

/**
 * Dividing and joining changes neither total mass nor proportions. Throws `basis-mismatch` when the
 * masses cannot be added, `mass-exceeded` when they grow, and `element-balance-exceeded` when an
 * output is richer in an element than what was divided or joined.
 */
export function requireConservation(
  statement: Opened<MakeEvent>,
  draws: readonly Draw[],
  products: readonly Product[],
): void {
  const input = totalMass(draws);
  const output = totalMass(products) + totalMass(readLosses(statement));
  const basis = draws[0]!.batch.basis;
  const other = [...draws.map((draw) => draw.batch), ...products].find((e) => e.basis !== basis);
  if (other)
    throw refuse('basis-mismatch', `Both “${basis}” and “${other.basis}” stand here.`, OUTPUTS);
  if (output > input)
    throw refuse(
      'mass-exceeded',
      `${formatKilograms(output)} kg leave, ${formatKilograms(input)} kg went in.`,
      OUTPUTS,
    );
  const given = drawnContents(draws);
  for (const [i, { contents, massMg }] of products.entries())
    for (const [element, amount] of contents)
      if (isRicher(amount, massMg, given.get(element) ?? ZERO, input))
        throw refuse(
          'element-balance-exceeded',
          `Dividing and joining does not enrich ${element}.`,
          `${OUTPUTS}/${i}/composition`,
        );
}

/** All the milligrams together. */
export function totalMass(masses: readonly { massMg: bigint }[]): bigint {
  return masses.reduce((sum, { massMg }) => sum + massMg, 0n);
}

/** Whether amount ÷ massMg is more than given ÷ inputMg. */
function isRicher(
  amount: { numerator: bigint; denominator: bigint },
  massMg: bigint,
  given: { numerator: bigint; denominator: bigint },
  inputMg: bigint,
): boolean {
  return compare(multiply(amount, rational(inputMg)), multiply(given, rational(massMg))) > 0;
}

function exceeded(element: Element, givenMg: bigint, takenMg: bigint) {
  return refuse(
    'element-balance-exceeded',
    `${formatKilograms(takenMg)} kg of ${element} leave, ${formatKilograms(givenMg)} kg went in.`,
    OUTPUTS,
    { extensions: { element, givenMg: givenMg.toString(), takenMg: takenMg.toString() } },
  );
}
