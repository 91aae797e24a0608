import type { Basis, Quantity } from '#lib/documents';
import { refuse } from '#lib/problem';
import { ceil, floor, multiply, parseDecimal, rational } from './rational.js';

/** Bases on which a batch has a mass: what lies on the scale, or what is left of it once dried. */
export type MassBasis = Extract<Basis, 'net' | 'dry'>;

/** A mass of material in whole milligrams, and what was weighed. */
export interface Mass {
  massMg: bigint;
  basis: MassBasis;
}

/** UN/ECE Recommendation 20 units of mass, in milligrams. */
const MILLIGRAMS = { MGM: 1n, GRM: 1_000n, KGM: 1_000_000n, TNE: 1_000_000_000n } as const;

/**
 * Reads a quantity as the mass of a batch. Inputs round down to whole milligrams and outputs up, so
 * that rounding never makes material. Throws `basis-mismatch` at `pointer` for a basis that is no
 * mass of a batch (gross counts the packaging; an element or an oxide equivalent is a calculation)
 * and `schema-violation` for nothing at all.
 */
export function parseMass(quantity: Quantity, rounding: 'down' | 'up', pointer: string): Mass {
  const { value, unit, basis } = quantity;
  if (basis !== 'net' && basis !== 'dry')
    throw refuse(
      'basis-mismatch',
      `A batch has no mass on the basis “${basis}”.`,
      `${pointer}/basis`,
    );
  const exact = multiply(parseDecimal(value), rational(MILLIGRAMS[unit]));
  const massMg = rounding === 'down' ? floor(exact) : ceil(exact);
  if (massMg === 0n)
    throw refuse('schema-violation', 'The mass must be at least a milligram.', `${pointer}/value`);
  return { massMg, basis };
}

/**
 * Reads what is drawn from, or moved of, a batch that is booked on `basis`: rounded down. Throws
 * `basis-mismatch` at `pointer` when the bases differ, and what `parseMass` throws.
 */
export function parseDraw(quantity: Quantity, basis: Basis, pointer: string): bigint {
  const mass = parseMass(quantity, 'down', pointer);
  if (mass.basis !== basis)
    throw refuse(
      'basis-mismatch',
      `The batch is booked on the basis “${basis}”, the quantity is “${mass.basis}”.`,
      `${pointer}/basis`,
    );
  return mass.massMg;
}

/** The mass as a Quantity in kilograms with as many decimals as it needs. */
export function formatMass({ massMg, basis }: Mass): Quantity {
  return { value: formatKilograms(massMg), unit: 'KGM', basis };
}

/** Milligrams as kilograms in exact decimal text: 1500000 → `1.5`. */
export function formatKilograms(massMg: bigint): string {
  const digits = massMg.toString().padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0+$/, '');
  return digits.slice(0, -6) + (decimals && `.${decimals}`);
}
