import type { At } from '#lib/documents';
import { comparePlaces, laterPlace } from '../log-place.js';
import { isOf, recordsOf, type Recorded } from '../recorded.js';
import { aboutKey, batchKey, certificateKey } from '../state-key.js';
import { madeBy, makerOf, movesWhole, takenBy } from './lineage.js';

/** What the walk reads: the records that touch any of the state keys, in any order. */
export interface History {
  history(keys: readonly string[]): Promise<Recorded[]>;
}

/** Every batch that the walk met, with the records about it. */
type Batches = Map<string, Recorded[]>;

/**
 * The statements about the material of a batch: everything about the batch itself, and of each
 * ancestor what bears on its descendants. What siblings did is left out: other draws from the same
 * ancestor, parts that went elsewhere, handovers after the material was taken.
 */
export async function gatherMaterial(read: History, batch: string): Promise<Recorded[]> {
  const uses = await read.history([batchKey(batch)]);
  // What was drawn from the batch itself is needed to say how much of it is left.
  const draws = uses.filter((record) => takenBy(record).includes(batch));
  const batches = await walkUp(read, [batch, ...draws.flatMap(takenBy)]);
  const lastTaken = lastTakings(batches, draws);
  const chosen = new Set([...draws, ...(batches.get(batch) ?? [])]);
  for (const [id, records] of batches)
    for (const record of ancestral(id, records, lastTaken.get(id))) chosen.add(record);
  for (const record of offersOf(chosen, batches)) chosen.add(record);
  const certified = recordsOf(uses, 'Certificate')
    .filter(({ signed }) => signed.statement.credentialSubject.id === batch)
    .map(({ signed }) => signed.statement.id);
  const released = recordsOf([...chosen], 'Release').map(
    ({ signed }) => signed.statement.credentialSubject.certificate,
  );
  return [...chosen, ...(await gatherCertificates(read, [...certified, ...released]))];
}

/** Level by level, from batches to those they were made of. */
async function walkUp(read: History, from: readonly string[]): Promise<Batches> {
  const batches: Batches = new Map();
  let level = [...new Set(from)];
  while (level.length > 0) {
    const wanted = new Set(level);
    for (const id of level) batches.set(id, []);
    const found = await read.history(level.map(aboutKey));
    for (const record of new Set(found))
      for (const id of subjectsOf(record)) if (wanted.has(id)) batches.get(id)!.push(record);
    const makers = level.flatMap((id) => makerOf(batches.get(id)!, id) ?? []);
    level = [...new Set(makers.flatMap(takenBy))].filter((id) => !batches.has(id));
  }
  return batches;
}

/** The batches that a statement is about, as `touches` marks them with `aboutKey`. */
function subjectsOf(record: Recorded): string[] {
  const made = madeBy(record);
  if (isOf(record, 'StatusChange')) return [record.signed.statement.credentialSubject.target.id];
  if (isOf(record, 'HandoverOffer') || isOf(record, 'HandoverAnswer'))
    return [...made, record.signed.statement.credentialSubject.batch];
  if (isOf(record, 'Assay') || isOf(record, 'OriginDeclaration'))
    return [record.signed.statement.credentialSubject.batch];
  if (isOf(record, 'Release') || isOf(record, 'ImportRefusal'))
    return [record.signed.statement.credentialSubject.batch];
  return made;
}

/** Where material of each batch was last taken for what the walk follows. */
function lastTakings(batches: Batches, draws: readonly Recorded[]): Map<string, At> {
  const makers = [...batches].flatMap(([id, records]) => makerOf(records, id) ?? []);
  const last = new Map<string, At>();
  for (const record of [...makers, ...draws])
    for (const id of takenBy(record)) last.set(id, laterPlace(last.get(id), record.at));
  return last;
}

/** Of the records about an ancestor, those that bear on what was made of it. */
function ancestral(
  id: string,
  records: readonly Recorded[],
  lastTaken: At | undefined,
): Recorded[] {
  const isTakenLater = ({ at }: Recorded) =>
    lastTaken !== undefined && comparePlaces(at, lastTaken) < 0;
  const bears = (record: Recorded): boolean => {
    if (madeBy(record).includes(id)) return true;
    // A part is chosen by the batch that it became.
    if (isOf(record, 'HandoverOffer')) return false;
    if (isOf(record, 'HandoverAnswer')) return movesWhole(record, id) && isTakenLater(record);
    if (isOf(record, 'Release') || isOf(record, 'ImportRefusal')) return isTakenLater(record);
    return true;
  };
  return records.filter(bears);
}

/** The offers that the chosen answers answer. */
function offersOf(chosen: ReadonlySet<Recorded>, batches: Batches): Recorded[] {
  const answers = recordsOf([...chosen], 'HandoverAnswer');
  return answers.flatMap(({ signed }) => {
    const { offer, batch } = signed.statement.credentialSubject;
    return (batches.get(batch) ?? []).filter((record) => record.signed.digest === offer);
  });
}

/** Certificates with what was said about them, and those that these superseded. */
async function gatherCertificates(
  read: History,
  ids: readonly (string | undefined)[],
): Promise<Recorded[]> {
  const gathered: Recorded[] = [];
  const seen = new Set<string>();
  let next = ids.filter((id) => id !== undefined);
  while (next.length > 0) {
    for (const id of next) seen.add(id);
    const found = await read.history(next.map(certificateKey));
    const changes = recordsOf(found, 'StatusChange');
    gathered.push(...recordsOf(found, 'Certificate'), ...changes);
    next = changes
      .map(({ signed }) => signed.statement.credentialSubject.target.id)
      .filter((id) => !seen.has(id));
  }
  return gathered;
}
