import { pc } from './colours.js';
import type { Certificate, Opened } from '#lib/documents';
import { localName } from './local-name.js';

type Facts = Opened<Certificate>['credentialSubject'];

/** Draws a certified batch and all it was made from, as far as its certificate tells. */
export function drawTree(facts: Facts, nameOf: (did: string) => string = (did) => did): string[] {
  return draw(facts.id, '', '', new Set());

  function draw(batch: string, first: string, rest: string, seen: Set<string>): string[] {
    const { label, parents } = describe(batch);
    const again = seen.has(batch) && parents.length > 0;
    seen.add(batch);
    const lines = [first + label + (again ? pc.dim(' (see above)') : '')];
    if (again) return lines;
    parents.forEach((parent, i) => {
      const last = i === parents.length - 1;
      lines.push(
        ...draw(parent, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, seen),
      );
    });
    return lines;
  }

  function describe(batch: string): { label: string; parents: string[] } {
    const name = pc.bold(localName(batch));
    const process = facts.processes.find(({ outputs }) => outputs.includes(batch));
    if (process) {
      const { facility, operator, steps, at, inputs } = process;
      const place = facility.subdivision ?? facility.country;
      const what = `${steps.join(' → ')}  ${pc.cyan(place)}  ${nameOf(operator)}`;
      return { label: `${name}  ${what}  ${pc.dim(`${at.origin}#${at.index}`)}`, parents: inputs };
    }
    const handover = facts.handovers.find(({ newBatch }) => newBatch === batch);
    if (handover)
      return {
        label: `${name}  part, handed over by ${nameOf(handover.from)}`,
        parents: [handover.batch],
      };
    const imported = facts.imports.find((each) => each.batch === batch);
    if (imported)
      return {
        label: `${name}  imported from ${pc.cyan(imported.jurisdiction)} under recognition`,
        parents: [imported.homeBatch],
      };
    const intake = facts.intakes.find((each) => each.batch === batch);
    return {
      label: `${name}  ${intake ? describeIntake(intake) : 'of unknown making'}`,
      parents: [],
    };
  }
}

function describeIntake({ elements, form, origins }: Facts['intakes'][number]): string {
  const claimed = origins.map(
    ({ step, country, elements: of }) => `${of.join('+')} ${step} ${pc.cyan(country)}`,
  );
  return `taken in: ${elements.join(', ')} ${form}; ${claimed.length ? claimed.join(', ') : pc.yellow('origin unknown')}`;
}
