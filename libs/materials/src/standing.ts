import { firstDateAt, lastDateAt } from './instant.js';

/** Status of anything that a StatusChange can suspend, reinstate, revoke or supersede. */
export interface Standing {
  status: 'active' | 'suspended' | 'revoked' | 'superseded';
  /** Every suspension ever, oldest first; the last has no end while it lasts. */
  suspensions: { from: string; until: string | null; by: string }[];
  /** When the revocation took effect. */
  revokedFrom: string | null;
}

/** The standing of something new. */
export function goodStanding(): Standing {
  return { revokedFrom: null, status: 'active', suspensions: [] };
}

/**
 * Whether it was in good standing on a calendar date, by its own suspensions and revocation. A date
 * on which a suspension began or ended counts as suspended, wherever the date was written.
 */
export function stoodOn({ suspensions, revokedFrom }: Standing, date: string): boolean {
  if (revokedFrom !== null && firstDateAt(revokedFrom) <= date) return false;
  return !suspensions.some(
    ({ from, until }) => firstDateAt(from) <= date && (until === null || date <= lastDateAt(until)),
  );
}
