import type { Problem } from '#lib/problem';
import type { Exhibit } from './exhibit.js';
import type { Finding } from './report.js';

/** The check holds; the evidence says on what. */
export function pass(detail: string, evidence: string[] = []): Finding {
  return { result: 'pass', detail, evidence };
}

/** The check does not hold; without a remedy of its own, that of `CHECKS` stands. */
export function fail(detail: string, evidence: string[] = [], remedy?: string): Finding {
  return { result: 'fail', detail, evidence, ...(remedy === undefined ? {} : { remedy }) };
}

/** The check cannot be made on what there is. */
export function cannotTell(detail: string, remedy: string, evidence: string[] = []): Finding {
  return { result: 'cannot-tell', detail, evidence, remedy };
}

/** Fails with every fault, one line each, or passes with the detail and its evidence. */
export function unlessFaults(faults: string[], detail: string, evidence: string[] = []): Finding {
  return faults.length === 0 ? pass(detail, evidence) : fail(faults[0]!, faults);
}

/** An exhibit in one line: type, index, log, and the beginning of its digest. */
export function nameOf({ opened, entry, origin, digest }: Exhibit): string {
  return `${opened.type[1]} at index ${entry.index} of ${origin} (${digest.slice(0, 16)}…)`;
}

/** A Problem in one line: its name, what happened and where. */
export function wordsOf({ problem, details }: Problem): string {
  const where = details.pointer ? ` (${details.pointer})` : '';
  return `${problem}: ${details.detail}${where}`;
}

/** `1 statement`, `2 statements`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
