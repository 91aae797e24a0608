import type { StateView, Step } from '#lib/documents';
import { refuse } from '#lib/problem';
import type { Standing } from './standing.js';
import { facilityKey, readState } from './state-key.js';

/** State of a facility. */
export interface FacilityState extends Standing {
  id: string;
  operator: string;
  country: string;
  subdivision: string | null;
  licensedSteps: Step[];
  /** Rated output per calendar year, milligrams as decimal text. */
  capacityMg: { step: Step; perYear: string }[];
  /** Digest of its registration. */
  registered: string;
}

/** The facility. Throws `reference-unknown` at `pointer`, and `not-operator` unless `issuer` runs it. */
export function requireFacility(
  state: StateView,
  id: string,
  issuer: string,
  pointer: string,
): FacilityState {
  const facility = readState<FacilityState>(state, facilityKey(id));
  if (!facility) throw refuse('reference-unknown', `${id} is not registered here.`, pointer);
  if (facility.operator !== issuer)
    throw refuse('not-operator', `${id} is run by ${facility.operator}.`, pointer);
  if (facility.status !== 'active')
    throw refuse('facility-not-licensed', `${id} is ${facility.status}.`, pointer);
  return facility;
}
