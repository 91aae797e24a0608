import type { Case } from '../case.js';
import { exhibitsOf, type Exhibit } from '../exhibit.js';
import { nameOf, unlessFaults } from '../finding.js';
import type { Finding } from '../report.js';

/** A batch in one registry: the same material has another batch, in another one, after an import. */
interface Place {
  origin: string;
  batch: string;
}

/** The statement that made a batch, and the batches that it was made from. */
interface Making {
  by: Exhibit;
  from: Place[];
  /** Why it is no beginning, although it was made from nothing. */
  fault?: string;
}

/**
 * Follows the certified batch upwards, across registries, until every path ends in a mine or in an
 * intake. It reads only what makes batches, so that a statement left out shows as a broken path.
 */
export function inspectChain({ exhibits, histories, certificate }: Case): Finding {
  const makings = makingsByPlace(exhibits, histories);
  const faults: string[] = [];
  const sources: string[] = [];
  const seen = new Set<string>();
  const { origin } = certificate;
  const keyOf = keyIn(histories);
  const open = [{ origin, batch: certificate.opened.credentialSubject.id }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(keyOf(place))) continue;
    seen.add(keyOf(place));
    const [making, second] = makings.get(keyOf(place)) ?? [];
    if (making === undefined) {
      faults.push(`No statement here says how ${place.batch} came into ${place.origin}.`);
      continue;
    }
    if (second) faults.push(`${nameOf(making.by)} and ${nameOf(second.by)} make the same batch.`);
    if (making.fault) faults.push(`${nameOf(making.by)} ${making.fault}.`);
    if (making.from.length === 0) sources.push(nameOf(making.by));
    open.push(...making.from);
  }
  return unlessFaults(faults, `Every path ends in one of ${sources.length} sources.`, sources);
}

function makingsByPlace(
  exhibits: readonly Exhibit[],
  histories: Case['histories'],
): Map<string, Making[]> {
  const keyOf = keyIn(histories);
  const makings = new Map<string, Making[]>();
  for (const { made, ...making } of allMakings(exhibits)) {
    const key = keyOf({ origin: making.by.origin, batch: made });
    makings.set(key, [...(makings.get(key) ?? []), making]);
  }
  return makings;
}

function allMakings(exhibits: readonly Exhibit[]): (Making & { made: string })[] {
  const made = exhibitsOf(exhibits, 'MakeEvent').flatMap((by) => {
    const { inputs, outputs, steps } = by.opened.credentialSubject;
    const from = inputs.map(({ batch }) => ({ origin: by.origin, batch }));
    const isSource = from.length > 0 || steps.includes('mine');
    const fault = isSource ? {} : { fault: 'makes material from nothing and is no mine' };
    return outputs.map(({ id }) => ({ made: id, by, from, ...fault }));
  });
  const parted = exhibitsOf(exhibits, 'HandoverAnswer').flatMap((by) => {
    const { newBatch, batch } = by.opened.credentialSubject;
    return newBatch === undefined
      ? []
      : [{ made: newBatch, by, from: [{ origin: by.origin, batch }] }];
  });
  const taken = exhibitsOf(exhibits, 'Intake').map((by) => ({
    made: by.opened.credentialSubject.id,
    by,
    from: [],
  }));
  const imported = exhibitsOf(exhibits, 'Import').map((by) => {
    const { id, home, release } = by.opened.credentialSubject;
    return { made: id, by, from: [{ origin: release.origin, batch: home.batch }] };
  });
  return [...made, ...parted, ...taken, ...imported];
}

/** A batch stays the same one when another log succeeds the one in which it was made. */
function keyIn(histories: Case['histories']): (place: Place) => string {
  return ({ origin, batch }) => `${histories.get(origin)?.origins[0] ?? origin} ${batch}`;
}
