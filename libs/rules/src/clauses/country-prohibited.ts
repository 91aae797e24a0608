import type { Element } from '#lib/documents';
import { compare, parseDecimal, type CertificateFacts } from '#lib/materials';
import type { ClauseVerdict, Finding } from '../finding.js';
import { concludeFindings, listed } from '../finding.js';
import type { Inquiry } from '../inquiry.js';
import { isMine, sourcesOf, traceLineage } from '../lineage.js';
import { percentSum, type Candidate } from '../material.js';
import { stepsUnder, type LawVerb, type Parameters } from '../policy.js';
import { inspectProcesses } from '../processes.js';
import { inspectSource } from '../sources.js';

/**
 * Judges “no restricted step in a covered country”: every process, every claimed origin, every
 * source and every constituent by itself, so that a well-documented source never speaks for a
 * silent one. What is not shown is a gap.
 */
export function assessCountryProhibited(
  parameters: Parameters,
  verbs: readonly LawVerb[],
  facts: CertificateFacts,
  candidates: readonly Candidate[],
): ClauseVerdict {
  const lineage = traceLineage(facts);
  const restricted = stepsUnder(parameters, verbs);
  const inquiries = candidates.map((candidate): Inquiry => {
    return { parameters, facts, candidate, restricted, lineage };
  });
  const elements = candidates.flatMap((candidate) => candidate.elements);
  const countries = listed(inquiries.flatMap(shownCountries));
  return concludeFindings(inquiries.flatMap(inspectAll), {
    because: `For every source of ${listed(elements)}: what was ${listed(verbs, 'or')} was so in ${countries}.`,
    restsOn: evidenceOf(facts),
  });
}

function inspectAll(inquiry: Inquiry): Finding[] {
  const sources = sourcesOf(inquiry.facts);
  return [
    ...inspectProcesses(inquiry),
    ...sources.flatMap((source) => inspectSource(inquiry, source)),
    ...inspectWhole(inquiry),
  ];
}

/** What concerns the batch as a whole: a broken history, elements from nowhere, an unfinished form. */
function inspectWhole({ parameters, facts, candidate, lineage }: Inquiry): Finding[] {
  const custodian = (what: string, batch = facts.id) => [{ party: facts.custodian, what, batch }];
  const gap = (text: string, closing: Finding['closing'] = []): Finding => ({
    kind: 'gap',
    text,
    restsOn: [],
    closing,
  });
  const carried = new Set([
    ...facts.intakes.flatMap(({ elements }) => elements),
    ...facts.processes.filter(isMine).flatMap(({ elements }) => elements),
  ]);
  const orphaned = candidate.elements.filter((element) => !carried.has(element));
  return [
    ...lineage.broken.map((batch) =>
      gap(
        `Nothing shows how batch ${batch} was made.`,
        custodian('Have the making of this batch certified from its sources.', batch),
      ),
    ),
    ...orphaned.map((element) =>
      gap(
        `No source in the record carries the ${element} of this batch.`,
        custodian(`Have the source of its ${element} recorded, as an intake or a mine.`),
      ),
    ),
    ...candidate.undeclared.map((element) =>
      gap(
        `The composition does not state ${element}, which ${candidate.material.name} holds.`,
        custodian(`Have the share of ${element} stated or assayed.`),
      ),
    ),
    ...(leavesUnsaid(parameters, facts)
      ? [
          gap(
            `The composition states less than ${parameters.statedPercentMinimum} % of the magnet; the rest may be anything.`,
            custodian('Have the whole composition stated or assayed.'),
          ),
        ]
      : []),
    ...(facts.form === 'magnet'
      ? []
      : [gap(`The batch is ${facts.form}, not yet a magnet; later phases cannot be judged yet.`)]),
  ];
}

/** Leaving the larger part of the rare earths unsaid would leave their origins unsaid too. */
function leavesUnsaid({ statedPercentMinimum }: Parameters, facts: CertificateFacts): boolean {
  if (facts.form !== 'magnet' || statedPercentMinimum === undefined) return false;
  const stated = percentSum(facts.composition.map(({ percent }) => percent));
  return compare(stated, parseDecimal(statedPercentMinimum)) < 0;
}

function shownCountries({ facts, candidate, restricted }: Inquiry): string[] {
  const isJudged = (element: Element) => candidate.elements.includes(element);
  const claimed = facts.intakes
    .flatMap(({ origins }) => origins)
    .filter(({ step, elements }) => restricted.has(step) && elements.some(isJudged));
  const done = facts.processes.filter(
    ({ steps, elements }) => steps.some((step) => restricted.has(step)) && elements.some(isJudged),
  );
  return [...claimed.map(({ country }) => country), ...done.map((each) => each.facility.country)];
}

function evidenceOf(facts: CertificateFacts): string[] {
  return [
    ...facts.processes.flatMap(({ at, assurance }) => [at.statement, ...assurance.statements]),
    ...facts.intakes.flatMap(({ at, origins }) => [
      at.statement,
      ...origins.flatMap(({ assurance }) => assurance.statements),
    ]),
  ];
}
