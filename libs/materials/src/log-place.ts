import type { At } from '#lib/documents';

/** Where an entry stands. A registry has one log after another, each with an index 0 of its own. */
export interface LogPlace {
  origin: string;
  index: number;
}

/** The place of what is being recorded. */
export function placeOf({ origin, index }: At): LogPlace {
  return { index, origin };
}

/**
 * Whether an entry lies beyond the first `treeSize` entries of the newest log. What stands in a log
 * that this one succeeds lies before all of it.
 */
export function isBeyond(place: LogPlace, tree: { origin: string; treeSize: number }): boolean {
  return place.origin === tree.origin && place.index >= tree.treeSize;
}

/**
 * Compares two places of one registry by the order in which they were recorded: by index within a
 * log, and across a succession by time, which a successor log begins after its predecessor's last.
 */
export function comparePlaces(a: At, b: At): number {
  if (a.origin === b.origin) return a.index - b.index;
  if (a.recordedAt !== b.recordedAt) return a.recordedAt < b.recordedAt ? -1 : 1;
  return a.origin < b.origin ? -1 : 1;
}

/** The later of two places; the other when one is undefined. */
export function laterPlace(a: At | undefined, b: At): At {
  return a !== undefined && comparePlaces(a, b) > 0 ? a : b;
}
