import type { Element } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { inspectBatch } from '../batch-gaps.js';
import { concludeFindings, listed, type ClauseVerdict, type Finding } from '../finding.js';
import type { Inquiry } from '../inquiry.js';
import { sourcesOf, traceLineage } from '../lineage.js';
import type { Candidate } from '../material.js';
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
    ...inspectBatch(inquiry),
  ];
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
