import type { Element } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { isAssured, type IntakeFact, type ProcessFact } from './facts.js';
import { listed, type Finding } from './finding.js';
import type { Inquiry } from './inquiry.js';
import type { Source } from './lineage.js';
import { elementKind } from './material.js';
import { coveredCountry, describePhase, finishingPhases, named, phasesBehind } from './policy.js';
import type { Parameters, Phase } from './policy.js';
import { stepNouns } from './step-noun.js';

/**
 * Judges one source by itself, element by element. Phases before an intake must be claimed for that
 * very intake; phases after it must lie on its own way into the certified batch.
 */
export function inspectSource(inquiry: Inquiry, source: Source): Finding[] {
  const batches = 'intake' in source ? [source.intake.batch] : source.mine.outputs;
  const carried = 'intake' in source ? source.intake.elements : source.mine.elements;
  const judged = carried.filter((element) => inquiry.candidate.elements.includes(element));
  const upstream = 'intake' in source ? inspectClaims(inquiry, source.intake, judged) : [];
  return [...upstream, ...inspectWayDown(inquiry, source, judged, batches)];
}

function inspectClaims(inquiry: Inquiry, intake: IntakeFact, judged: Element[]): Finding[] {
  const { parameters, restricted } = inquiry;
  const prohibited = intake.origins.flatMap((origin): Finding[] => {
    const elements = origin.elements.filter((element) => judged.includes(element));
    const covered = coveredCountry(parameters, origin.country);
    if (elements.length === 0 || covered === undefined || !restricted.has(origin.step)) return [];
    return [
      {
        kind: 'prohibited',
        text: `By what was declared, ${stepNouns([origin.step])} of the ${listed(elements)} in ${intake.batch} took place in ${named(origin.country, covered)}.`,
        restsOn: [intake.at.statement, ...origin.assurance.statements],
        closing: [],
      },
    ];
  });
  return [...prohibited, ...inspectSilence(inquiry, intake, judged)];
}

/** Every phase that must lie behind the intake's form and that no good claim speaks of. */
function inspectSilence(inquiry: Inquiry, intake: IntakeFact, judged: Element[]): Finding[] {
  const { parameters, restricted } = inquiry;
  const silent = new Map<string, Element[]>();
  for (const element of judged) {
    const phases = phasesBehind(parameters, intake.form, element, restricted);
    const missing = phases?.filter((phase) => !isClaimed(parameters, intake, element, phase));
    const words =
      missing === undefined ? [`anything before ${intake.form}`] : missing.map(describePhase);
    for (const word of words) silent.set(word, [...(silent.get(word) ?? []), element]);
  }
  return [...silent].map(([phase, elements]) => ({
    kind: 'gap' as const,
    text: `Where ${phase} of the ${listed(elements)} in ${intake.batch} took place is not shown.`,
    restsOn: [intake.at.statement],
    closing: speakersFor(parameters, intake).map((party) => ({
      party,
      what: `Declare with evidence the country of ${phase} for ${listed(elements)} (OriginDeclaration).`,
      batch: intake.batch,
    })),
  }));
}

function isClaimed(
  parameters: Parameters,
  intake: IntakeFact,
  element: Element,
  phase: Phase,
): boolean {
  return intake.origins.some(
    ({ elements, step, assurance }) =>
      elements.includes(element) &&
      phase.includes(step) &&
      isAssured(assurance.level, parameters.minimumAssurance),
  );
}

/** The named supplier speaks best; the holder's own word is enough only where self-declared is. */
function speakersFor(parameters: Parameters, { supplier, holder }: IntakeFact): string[] {
  if (supplier === undefined) return [holder];
  return parameters.minimumAssurance === 'self-declared' ? [supplier, holder] : [supplier];
}

/** Every phase that its way into the certified batch must show and does not. */
function inspectWayDown(
  inquiry: Inquiry,
  source: Source,
  judged: Element[],
  batches: string[],
): Finding[] {
  const { facts, lineage } = inquiry;
  const way = [...new Set(batches.flatMap((batch) => lineage.below(batch)))];
  if (way.length === 0 && !batches.includes(facts.id))
    return [unconnected(inquiry, source, batches)];
  const entries = batches.flatMap((batch) => lineage.entries(batch));
  const missing = new Map<string, Element[]>();
  for (const element of judged)
    for (const phase of phasesAhead(inquiry, source, element, entries))
      if (!isDone(way, element, phase) && !isClaimedAhead(inquiry, source, element, phase))
        missing.set(describePhase(phase), [...(missing.get(describePhase(phase)) ?? []), element]);
  return [...missing].map(([phase, elements]) => ({
    kind: 'gap',
    text: `No record shows ${phase} of the ${listed(elements)} from ${listed(batches)}.`,
    restsOn: [],
    closing: [
      {
        party: facts.custodian,
        what: `Have ${phase} recorded by whoever did it.`,
        batch: facts.id,
      },
    ],
  }));
}

function isDone(way: ProcessFact[], element: Element, phase: Phase): boolean {
  return way.some(
    ({ elements, steps }) =>
      elements.includes(element) && steps.some((step) => phase.includes(step)),
  );
}

function isClaimedAhead(
  { parameters }: Inquiry,
  source: Source,
  element: Element,
  phase: Phase,
): boolean {
  return 'intake' in source && isClaimed(parameters, source.intake, element, phase);
}

/** The phases between a source's form and the certified batch's. */
function phasesAhead(
  { parameters, facts, restricted }: Inquiry,
  source: Source,
  element: Element,
  entries: ProcessFact[],
): Phase[] {
  const behind = (form: CertificateFacts['form']) =>
    phasesBehind(parameters, form, element, restricted) ?? [];
  const done = new Set(('intake' in source ? behind(source.intake.form) : []).map(describePhase));
  const ahead = behind(facts.form).filter((phase) => !done.has(describePhase(phase)));
  const finishing = facts.form === 'magnet' ? finishingPhases(parameters, restricted) : [];
  return entersLate(parameters, facts, element, entries) ? finishing : [...ahead, ...finishing];
}

/**
 * Grain-boundary diffusion and coating add elements after melting: such a source is never melted
 * or sintered. A process that also melts, mills or sinters is no late entry.
 */
function entersLate(
  parameters: Parameters,
  facts: CertificateFacts,
  element: Element,
  entries: ProcessFact[],
): boolean {
  const row = parameters.formSteps.find(({ form }) => form === facts.form);
  const shaping = new Set(row?.[elementKind(element)].flat());
  const isLate = ({ steps }: ProcessFact) =>
    steps.some((step) => parameters.lateSteps.includes(step)) &&
    !steps.some((step) => shaping.has(step));
  return entries.length > 0 && entries.every(isLate);
}

function unconnected({ facts }: Inquiry, source: Source, batches: string[]): Finding {
  const { at } = 'intake' in source ? source.intake : source.mine;
  return {
    kind: 'gap',
    text: `Nothing shows how ${listed(batches)} came into this batch.`,
    restsOn: [at.statement],
    closing: [
      {
        party: facts.custodian,
        what: 'Have every step down to this batch recorded.',
        batch: facts.id,
      },
    ],
  };
}
