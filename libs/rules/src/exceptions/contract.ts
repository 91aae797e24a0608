import { compare, parseDecimal } from '#lib/materials';
import type { Circumstances, ExceptionOf, Weighed } from './exception.js';

/** At or below the simplified acquisition threshold (DFARS 225.7018-3(a)), in the same currency. */
export function weighContractValue(
  { limit, currency }: ExceptionOf<'contract-value'>,
  { claims: { contractValue } }: Circumstances,
): Weighed | undefined {
  if (contractValue === undefined) return undefined;
  const value = `${contractValue.amount} ${contractValue.currency}`;
  const lifts = contractValue.currency === currency && isAtLeast(limit, contractValue.amount);
  return {
    lifts,
    because: lifts
      ? `The acquisition of ${value} is at or below ${limit} ${currency}.`
      : `The acquisition of ${value} is not at or below ${limit} ${currency}.`,
    restsOn: [contractValue.evidence],
  };
}

/**
 * A commercially available off-the-shelf end item (DFARS 252.225-7052(c)(1)(i)), and the exceptions
 * to that exception. A magnet delivered as itself is all covered material; a share that nobody
 * states is not taken for a small one.
 */
export function weighOffTheShelf(
  { excluding, percent, excludingMillProducts }: ExceptionOf<'off-the-shelf'>,
  { claims: { offTheShelf, endItem } }: Circumstances,
): Weighed | undefined {
  if (offTheShelf === undefined) return undefined;
  const share =
    excluding === 'tungsten'
      ? offTheShelf.tungstenPercent
      : endItem === undefined
        ? '100'
        : offTheShelf.coveredMaterialPercent;
  const restsOn = [offTheShelf.evidence, ...(endItem === undefined ? [] : [endItem.evidence])];
  const refusal = (because: string): Weighed => ({ lifts: false, because, restsOn });
  if (share === undefined)
    return refusal(`The share of ${excluding} in the off-the-shelf item is not stated.`);
  if (isAtLeast(share, percent))
    return refusal(
      `The off-the-shelf item is ${share} % ${excluding}; under ${percent} % is asked.`,
    );
  if (excludingMillProducts && offTheShelf.millProduct)
    return refusal('A mill product that is not yet incorporated is not excepted.');
  return { lifts: true, because: 'The end item is claimed as commercial off-the-shelf.', restsOn };
}

/** An electronic device, unless otherwise specified in the contract (252.225-7052(c)(1)(iii)). */
export function weighElectronicDevice({
  claims: { electronicDevice },
}: Circumstances): Weighed | undefined {
  if (electronicDevice === undefined) return undefined;
  const lifts = !electronicDevice.contractSpecifiesOtherwise;
  return {
    lifts,
    because: lifts
      ? 'The end item is claimed as an electronic device, and the contract does not say otherwise.'
      : 'The contract specifies that electronic devices are not excepted.',
    restsOn: [electronicDevice.evidence],
  };
}

/** Acquired outside the country of an item for use outside it (DFARS 225.7018-3(b)). */
export function weighUseElsewhere(
  { country }: ExceptionOf<'use-elsewhere'>,
  { claims: { use } }: Circumstances,
): Weighed | undefined {
  if (use === undefined) return undefined;
  const lifts = use.acquiredIn !== country && use.usedIn !== country;
  return {
    lifts,
    because: `The item is claimed as acquired in ${use.acquiredIn} for use in ${use.usedIn}${lifts ? '' : `; both must lie outside ${country}`}.`,
    restsOn: [use.evidence],
  };
}

function isAtLeast(value: string, limit: string): boolean {
  return compare(parseDecimal(value), parseDecimal(limit)) >= 0;
}
