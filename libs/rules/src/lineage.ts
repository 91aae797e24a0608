import type { CertificateFacts } from '#lib/materials';
import type { IntakeFact, ProcessFact } from './facts.js';

/** How the facts of one certificate hang together, from its sources down to its batch. */
export interface Lineage {
  /** Batches in the history that no process, intake, handover or import accounts for, sorted. */
  broken: string[];
  /** The processes through which material of a batch came into the certified batch. */
  below(batch: string): ProcessFact[];
  /** The processes that first worked on a batch, mere handling (split, blend) passed over. */
  entries(batch: string): ProcessFact[];
  /** The processes that last worked on the certified batch, mere handling passed over. */
  makers: ProcessFact[];
}

interface Links {
  parents: Map<string, Set<string>>;
  children: Map<string, Set<string>>;
  broken: Set<string>;
}

const HANDLING: ReadonlySet<string> = new Set(['split', 'blend']);

/**
 * Walks back from the certified batch by the batch ids that the facts name: through processes,
 * through handovers of a part, and through imports to the name that the batch had at home.
 */
export function traceLineage(facts: CertificateFacts): Lineage {
  const links = linkBack(facts);
  const consumers = (batch: string) =>
    facts.processes.filter(
      ({ inputs, outputs }) =>
        inputs.includes(batch) && outputs.some((output) => links.children.has(output)),
    );
  return {
    broken: [...links.broken].sort(),
    below: (batch) => {
      const reached = reach(links.children, batch);
      return facts.processes.filter(
        ({ inputs, outputs }) =>
          inputs.some((input) => reached.has(input)) ||
          (outputs.includes(batch) && links.children.has(batch)),
      );
    },
    entries: (batch) => firstWork(batch, links.children, consumers),
    makers: firstWork(facts.id, links.parents, (id) =>
      facts.processes.filter(({ outputs }) => outputs.includes(id)),
    ),
  };
}

/** A process without inputs brings material out of the ground. */
export function isMine(process: ProcessFact): boolean {
  return process.inputs.length === 0;
}

function linkBack(facts: CertificateFacts): Links {
  const links: Links = { parents: new Map(), children: new Map(), broken: new Set() };
  const queue = [facts.id];
  links.children.set(facts.id, new Set());
  for (let batch = queue.pop(); batch !== undefined; batch = queue.pop()) {
    const parents = parentsOf(facts, batch);
    if (parents === undefined) links.broken.add(batch);
    links.parents.set(batch, new Set(parents));
    for (const parent of parents ?? []) {
      if (!links.children.has(parent)) queue.push(parent);
      links.children.set(parent, (links.children.get(parent) ?? new Set()).add(batch));
    }
  }
  return links;
}

/** The batches that a batch came from; none for a mine or an intake; undefined if nothing says. */
function parentsOf(facts: CertificateFacts, batch: string): string[] | undefined {
  const made = facts.processes.filter(({ outputs }) => outputs.includes(batch));
  const moved = [
    ...facts.handovers.filter(({ newBatch }) => newBatch === batch).map((part) => part.batch),
    ...facts.imports.filter((each) => each.batch === batch).map(({ homeBatch }) => homeBatch),
  ];
  const parents = [...made.flatMap(({ inputs }) => inputs), ...moved];
  const begins = made.length > 0 || facts.intakes.some((intake) => intake.batch === batch);
  return begins || moved.length > 0 ? parents : undefined;
}

function reach(children: Links['children'], from: string): Set<string> {
  const reached = new Set([from]);
  for (const batch of reached) for (const child of children.get(batch) ?? []) reached.add(child);
  return reached;
}

function firstWork(
  from: string,
  next: Map<string, Set<string>>,
  processesAt: (batch: string) => ProcessFact[],
): ProcessFact[] {
  const found = new Set<ProcessFact>();
  const seen = new Set([from]);
  for (const batch of seen) {
    const work = processesAt(batch).filter(({ steps }) =>
      steps.some((step) => !HANDLING.has(step)),
    );
    for (const process of work) found.add(process);
    const worked = new Set(work.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
    for (const neighbour of next.get(batch) ?? []) if (!worked.has(neighbour)) seen.add(neighbour);
  }
  return [...found];
}

/** Where material begins: an intake, or a mine with what it brought up. */
export type Source = { intake: IntakeFact } | { mine: ProcessFact };

/** Every source of a certificate, each to be judged by itself. */
export function sourcesOf(facts: CertificateFacts): Source[] {
  return [
    ...facts.intakes.map((intake) => ({ intake })),
    ...facts.processes.filter(isMine).map((mine) => ({ mine })),
  ];
}
