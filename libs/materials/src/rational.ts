/** An exact fraction with a positive denominator, not necessarily in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Nothing at all. */
export const ZERO: Rational = { numerator: 0n, denominator: 1n };

/** Below this, a common factor costs less to carry than to find. */
const REDUCED_FROM = 1n << 256n;

/** The fraction; a denominator that is not positive is a fault (RangeError). */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator <= 0n) throw new RangeError('The denominator must be positive');
  if (denominator < REDUCED_FROM) return { numerator, denominator };
  const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The exact sum. */
export function add(a: Rational, b: Rational): Rational {
  if (a.denominator === b.denominator) return rational(a.numerator + b.numerator, a.denominator);
  return rational(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

/** The exact product. */
export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** Below zero when a < b, zero when equal, above zero when a > b. */
export function compare(a: Rational, b: Rational): number {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The largest integer not above a value of zero or more. */
export function floor(value: Rational): bigint {
  return value.numerator / value.denominator;
}

/** The smallest integer not below a value of zero or more. */
export function ceil(value: Rational): bigint {
  return (value.numerator + value.denominator - 1n) / value.denominator;
}

/** A decimal string such as a `Percent` or `DecimalString`, exact. */
export function parseDecimal(text: string): Rational {
  const point = text.indexOf('.');
  if (point < 0) return rational(BigInt(text));
  const decimals = text.slice(point + 1);
  return rational(BigInt(text.slice(0, point) + decimals), 10n ** BigInt(decimals.length));
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
