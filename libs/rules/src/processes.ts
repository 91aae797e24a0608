import type { Finding } from './finding.js';
import { isAssured, type ProcessFact } from './facts.js';
import type { Inquiry } from './inquiry.js';
import { coveredCountry, named } from './policy.js';
import { asSentence, stepNouns } from './step-noun.js';

/** Judges every process in the ledger by its own facility's country and by its own assurance. */
export function inspectProcesses(inquiry: Inquiry): Finding[] {
  return inquiry.facts.processes.flatMap((process) => inspectProcess(inquiry, process));
}

function inspectProcess(inquiry: Inquiry, process: ProcessFact): Finding[] {
  const { parameters, restricted } = inquiry;
  const steps = process.steps.filter((step) => restricted.has(step));
  if (steps.length === 0 || !concerns(inquiry, process)) return [];
  const { country } = process.facility;
  const covered = coveredCountry(parameters, country);
  const restsOn = [process.at.statement, process.facility.registered];
  const what = asSentence(`${stepNouns(steps)} at ${process.facility.id}`);
  if (covered !== undefined)
    return [
      {
        kind: 'prohibited',
        text: `${what} took place in ${named(country, covered)}.`,
        restsOn,
        closing: [],
      },
    ];
  if (isAssured(process.assurance.level, parameters.minimumAssurance)) return [];
  return [
    {
      kind: 'gap',
      text: `${what} is only ${process.assurance.level}; ${parameters.minimumAssurance} is asked.`,
      restsOn,
      closing: [
        {
          party: process.operator,
          what: `Have ${stepNouns(steps)} brought to ${parameters.minimumAssurance}.`,
        },
      ],
    },
  ];
}

/** A process that names no element may have worked on any of them. */
function concerns({ candidate }: Inquiry, { elements }: ProcessFact): boolean {
  return elements.length === 0 || elements.some((each) => candidate.elements.includes(each));
}
