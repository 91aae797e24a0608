import type { Circumstances, ExceptionOf, Weighed } from './exception.js';

/** A nonavailability determination (252.225-7052(c)(2), DFARS 225.7018-4) for this material and date. */
export function weighNonavailability(circumstances: Circumstances): Weighed | undefined {
  const { nonavailability } = circumstances.claims;
  if (nonavailability === undefined) return undefined;
  const problem = outOfScope(nonavailability, circumstances);
  return {
    lifts: problem === undefined,
    because: problem ?? `${nonavailability.official} determined that none is available.`,
    restsOn: [nonavailability.evidence],
  };
}

/** A written waiver for one end item and one material, no longer than the statute allows. */
export function weighWaiver(
  { monthsMax }: ExceptionOf<'waiver'>,
  circumstances: Circumstances,
): Weighed | undefined {
  const { waiver } = circumstances.claims;
  if (waiver === undefined) return undefined;
  const tooLong =
    waiver.to >= monthsAfter(waiver.from, monthsMax)
      ? `The waiver runs longer than ${monthsMax} months.`
      : undefined;
  const problem = outOfScope(waiver, circumstances) ?? tooLong ?? otherItem(circumstances);
  return {
    lifts: problem === undefined,
    because: problem ?? `${waiver.issuer} waived the restriction for ${waiver.endItem}.`,
    restsOn: [waiver.evidence],
  };
}

function outOfScope(
  scope: { materials: readonly string[]; from: string; to: string },
  { candidates, date }: Circumstances,
): string | undefined {
  if (date < scope.from || date > scope.to)
    return `It runs from ${scope.from} to ${scope.to}, and ${date} governs.`;
  const other = candidates.find(({ material }) => !scope.materials.includes(material.name));
  return other && `It does not name ${other.material.name}.`;
}

/** A waiver is for a specific end item: a claim that names another one does not carry it. */
function otherItem({ claims: { waiver, endItem } }: Circumstances): string | undefined {
  if (endItem === undefined || waiver === undefined || endItem.name === waiver.endItem)
    return undefined;
  return `The waiver is for ${waiver.endItem}, and ${endItem.name} is the end item.`;
}

/** The same day, that many months on; a day past the month's end still sorts after its last day. */
function monthsAfter(date: string, months: number): string {
  const [year, month, day] = date.split('-');
  const count = Number(year) * 12 + (Number(month) - 1) + months;
  const pad = (value: number, length: number) => String(value).padStart(length, '0');
  return `${pad(Math.floor(count / 12), 4)}-${pad((count % 12) + 1, 2)}-${day}`;
}
