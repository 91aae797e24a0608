import { compare, parseDecimal } from '#lib/materials';
import type { Finding } from './finding.js';
import type { Inquiry } from './inquiry.js';
import { isMine } from './lineage.js';
import { percentSum } from './material.js';

/** What is not shown of the batch as a whole, whatever its single sources show. */
export function inspectBatch(inquiry: Inquiry): Finding[] {
  return [
    ...inspectHistory(inquiry),
    ...inspectSourceless(inquiry),
    ...inspectComposition(inquiry),
    ...inspectForm(inquiry),
  ];
}

function inspectHistory({ facts, lineage }: Inquiry): Finding[] {
  const what = 'Have the making of this batch certified from its sources.';
  return lineage.broken.map((batch) =>
    gap(`Nothing shows how batch ${batch} was made.`, { party: facts.custodian, what, batch }),
  );
}

/** An element that no intake and no mine carries came from nowhere that is known. */
function inspectSourceless({ facts, candidate }: Inquiry): Finding[] {
  const carried = new Set([
    ...facts.intakes.flatMap(({ elements }) => elements),
    ...facts.processes.filter(isMine).flatMap(({ elements }) => elements),
  ]);
  const sourceless = candidate.elements.filter((element) => !carried.has(element));
  return sourceless.map((element) =>
    gap(`No source in the record carries the ${element} of this batch.`, {
      party: facts.custodian,
      what: `Have the source of its ${element} recorded, as an intake or a mine.`,
      batch: facts.id,
    }),
  );
}

/** Leaving a constituent unsaid would leave its origin unsaid too. */
function inspectComposition({ parameters, facts, candidate }: Inquiry): Finding[] {
  const closing = { party: facts.custodian, batch: facts.id };
  const unstated = candidate.undeclared.map((element) =>
    gap(`The composition does not state ${element}, which ${candidate.material.name} holds.`, {
      ...closing,
      what: `Have the share of ${element} stated or assayed.`,
    }),
  );
  const { statedPercentMinimum: minimum } = parameters;
  if (facts.form !== 'magnet' || minimum === undefined) return unstated;
  const stated = percentSum(facts.composition.map(({ percent }) => percent));
  if (compare(stated, parseDecimal(minimum)) >= 0) return unstated;
  const text = `The composition states less than ${minimum} % of the magnet; the rest may be anything.`;
  return [...unstated, gap(text, { ...closing, what: 'Have all of it stated or assayed.' })];
}

function inspectForm({ facts }: Inquiry): Finding[] {
  if (facts.form === 'magnet') return [];
  return [gap(`The batch is ${facts.form}, not yet a magnet; later phases cannot be judged yet.`)];
}

function gap(text: string, ...closing: Finding['closing']): Finding {
  return { kind: 'gap', text, restsOn: [], closing };
}
