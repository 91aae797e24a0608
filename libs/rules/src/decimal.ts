const DECIMALS = 9;

/** The exact value of a DecimalString or Percent, in units of 10⁻⁹; undefined if it is neither. */
export function parseDecimal(text: string): bigint | undefined {
  const match = /^([0-9]{1,12})(?:\.([0-9]{1,9}))?$/.exec(text);
  if (!match) return undefined;
  return (
    BigInt(match[1]!) * 10n ** BigInt(DECIMALS) + BigInt((match[2] ?? '').padEnd(DECIMALS, '0'))
  );
}

/** Whether both are decimals and the first is at least the second; exact, never a float. */
export function isAtLeast(value: string, limit: string): boolean {
  const [exact, exactLimit] = [parseDecimal(value), parseDecimal(limit)];
  return exact !== undefined && exactLimit !== undefined && exact >= exactLimit;
}
