import { exhibitsOf, type Exhibit } from './exhibit.js';

/** One registry's logs in a bundle, each the successor of the one before: one history. */
export interface LogHistory {
  /** The oldest first. */
  origins: readonly string[];
  /** Of all those logs, in the order of recording: log after log, index by index. */
  exhibits: readonly Exhibit[];
}

/**
 * The histories in a bundle, by the origin of each log in them. A genesis says which log its own
 * succeeds; that it may is for the replay and for the check of checkpoints to find. Where two claim
 * to succeed one log, the second stands alone, and its replay fails.
 */
export function logHistories(exhibits: readonly Exhibit[]): ReadonlyMap<string, LogHistory> {
  const byOrigin = new Map<string, Exhibit[]>();
  for (const exhibit of exhibits)
    byOrigin.set(exhibit.origin, [...(byOrigin.get(exhibit.origin) ?? []), exhibit]);
  const successors = successorsIn(exhibits, byOrigin);
  const succeeding = new Set(successors.values());
  const histories = new Map<string, LogHistory>();
  const starts = [...byOrigin.keys()].filter((origin) => !succeeding.has(origin));
  // Logs that succeed each other in a circle have no start, and each stands alone.
  for (const start of [...starts, ...byOrigin.keys()]) {
    if (histories.has(start)) continue;
    const origins: string[] = [];
    for (let next: string | undefined = start; next; next = successors.get(next)) {
      if (origins.includes(next) || histories.has(next)) break;
      origins.push(next);
    }
    const history = { origins, exhibits: origins.flatMap((origin) => byOrigin.get(origin)!) };
    for (const origin of origins) histories.set(origin, history);
  }
  return histories;
}

/** By the origin of a log: that of the log which says that it succeeds it. */
function successorsIn(
  exhibits: readonly Exhibit[],
  byOrigin: ReadonlyMap<string, readonly Exhibit[]>,
): Map<string, string> {
  const successors = new Map<string, string>();
  for (const { origin, opened } of exhibitsOf(exhibits, 'RegistryGenesis')) {
    const before = opened.credentialSubject.predecessor?.origin;
    if (before !== undefined && byOrigin.has(before) && !successors.has(before))
      successors.set(before, origin);
  }
  return successors;
}
