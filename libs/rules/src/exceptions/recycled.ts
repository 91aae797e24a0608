import type { Step } from '#lib/documents';
import { compare, parseDecimal, type CertificateFacts } from '#lib/materials';
import { isAssured, type ProcessFact } from '../facts.js';
import { traceLineage } from '../lineage.js';
import { percentSum, type Candidate } from '../material.js';
import { stepNouns } from '../step-noun.js';
import type { Circumstances, ExceptionOf, Weighed } from './exception.js';

/**
 * An NdFeB magnet manufactured from recycled material, if the milling of the recycled material and
 * the sintering of the final magnet take place in the United States (252.225-7052(c)(1)(iv)). It
 * rests on the ledger's facts, not on a claim; it has no counterpart for samarium-cobalt.
 */
export function weighRecycled(
  exception: ExceptionOf<'recycled'>,
  circumstances: Circumstances,
): Weighed | undefined {
  const { facts, candidates } = circumstances;
  if (facts.form !== 'magnet' || facts.recycled.length === 0) return undefined;
  const named = candidates.every(({ material }) => exception.materials.includes(material.name));
  if (!named || candidates.length === 0) return undefined;
  const share = candidates.every((each) => isRecycled(exception, facts, each));
  const done = exception.steps.map((step) => placesOf(step, circumstances));
  const inCountry = done.every(
    (places) =>
      places.length > 0 && places.every(({ facility }) => facility.country === exception.country),
  );
  const steps = stepNouns(exception.steps);
  return {
    lifts: share && inCountry,
    because: !share
      ? `Less than ${exception.minimumPercent} % of the leading rare earth is shown as recycled.`
      : inCountry
        ? `The magnet is made from recycled material; ${steps} took place in ${exception.country}.`
        : `The magnet is made from recycled material, but ${steps} are not all shown in ${exception.country}.`,
    restsOn: done.flat().map(({ at }) => at.statement),
  };
}

/** The share of the leading rare earths, pre- and post-consumer together. */
function isRecycled(
  { minimumPercent }: ExceptionOf<'recycled'>,
  { recycled }: CertificateFacts,
  { material, elements }: Candidate,
): boolean {
  const minimum = parseDecimal(minimumPercent);
  const leading = material.elements[0]!.filter((element) => elements.includes(element));
  return leading.every((element) => {
    const share = recycled.find((each) => each.element === element);
    if (share === undefined) return false;
    return compare(percentSum([share.preConsumer, share.postConsumer]), minimum) >= 0;
  });
}

/**
 * Every process that did the step, if some of them did it to what came from a recycled intake; none
 * if that is not shown, or not shown well enough.
 */
function placesOf(step: Step, { facts, parameters }: Circumstances): ProcessFact[] {
  const lineage = traceLineage(facts);
  const below = facts.intakes
    .filter(({ source, recycled }) => source === 'collected-scrap' || recycled.length > 0)
    .flatMap(({ batch }) => lineage.below(batch));
  const places = facts.processes.filter(({ steps }) => steps.includes(step));
  const shown = places.every((each) =>
    isAssured(each.assurance.level, parameters.minimumAssurance),
  );
  return shown && places.some((place) => below.includes(place)) ? places : [];
}
