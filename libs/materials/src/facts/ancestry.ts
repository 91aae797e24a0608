import type { At, Composition, Element, LogPosition } from '#lib/documents';
import { elementsOf } from '../composition.js';
import { comparePlaces, laterPlace } from '../log-place.js';
import { madeBy, takenBy } from '../provenance/lineage.js';
import type { Provenance } from '../provenance/provenance.js';
import { isOf, recordsOf, type Recorded, type RecordedAs } from '../recorded.js';

/** One batch on the way from its sources to the certified batch. */
export interface Ancestor {
  id: string;
  maker: Recorded;
  /** Elements of the certified batch that are, or once were, in this one; alphabetical. */
  elements: readonly Element[];
  /** The last entry that took material from it for the certified batch; of that batch itself none. */
  lastTaken: At | undefined;
}

/** The certified batch and its ancestors in one log, with the records that bear on them. */
export interface Ancestry {
  batch: string;
  records: readonly Recorded[];
  ancestors: ReadonlyMap<string, Ancestor>;
}

/**
 * Follows the elements of a batch up to its sources. A batch comes before what it was made of, so
 * each has all its elements when they are passed on to its inputs.
 */
export function traceAncestry({ batch, records }: Provenance): Ancestry {
  const makers = new Map(records.flatMap((maker) => madeBy(maker).map((id) => [id, maker])));
  const ancestors = new Map<string, Ancestor>();
  for (const id of youngestFirst(batch, makers)) {
    const maker = makers.get(id)!;
    const ancestor = ancestors.get(id) ?? { id, maker, elements: [], lastTaken: undefined };
    ancestor.elements = ancestor.elements.toSorted();
    if (id === batch) ancestor.elements = elementsOf(compositionOf(id, makers));
    ancestors.set(id, ancestor);
    for (const input of takenBy(maker)) {
      if (!makers.has(input)) continue;
      const before = ancestors.get(input);
      const contained = elementsOf(compositionOf(input, makers));
      const passed = contained.filter((element) => ancestor.elements.includes(element));
      const elements = [...new Set([...(before?.elements ?? []), ...passed])];
      const lastTaken = laterPlace(before?.lastTaken, maker.at);
      ancestors.set(input, { id: input, maker: makers.get(input)!, elements, lastTaken });
    }
  }
  return { batch, records, ancestors };
}

/** The place of a record in its log, as a certificate cites it. */
export function positionOf({ at, signed }: Recorded): LogPosition {
  return { origin: at.origin, index: at.index, statement: signed.digest };
}

/** The records of one type in the ancestry, in log order. */
export function factsOf<T extends Parameters<typeof recordsOf>[1]>(
  { records }: Ancestry,
  type: T,
): (Recorded & RecordedAs<T>)[] {
  return recordsOf(records, type);
}

function youngestFirst(batch: string, makers: ReadonlyMap<string, Recorded>): string[] {
  const seen = new Set<string>();
  const open = [batch];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const maker = makers.get(id);
    if (!maker || seen.has(id)) continue;
    seen.add(id);
    open.push(...takenBy(maker));
  }
  return [...seen].sort((a, b) => comparePlaces(makers.get(b)!.at, makers.get(a)!.at));
}

/** The declared composition of a batch; a part has that of the batch it was parted from. */
function compositionOf(id: string, makers: ReadonlyMap<string, Recorded>): Composition {
  const maker = makers.get(id);
  if (!maker) return [];
  if (isOf(maker, 'MakeEvent'))
    return maker.signed.statement.credentialSubject.outputs.find((each) => each.id === id)!
      .composition;
  if (isOf(maker, 'Intake')) return maker.signed.statement.credentialSubject.composition;
  if (isOf(maker, 'Import'))
    return maker.signed.statement.credentialSubject.certificate.credentialSubject.composition;
  return isOf(maker, 'HandoverAnswer')
    ? compositionOf(maker.signed.statement.credentialSubject.batch, makers)
    : [];
}
