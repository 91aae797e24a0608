import type { At } from '#lib/documents';
import { refuse } from '#lib/problem';

const NANOSECONDS_PER_HOUR = 3_600_000_000_000n;

/** An RFC 3339 date-time with offset as nanoseconds since 1970-01-01T00:00:00Z, exact. */
export function instant(time: string): bigint {
  const [, seconds, fraction = '', offset] =
    /^(.{19})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})$/.exec(time) ?? [];
  if (seconds === undefined) throw new TypeError(`Not an RFC 3339 date-time: ${time}`);
  // RFC 3339 §5.6 allows a leap second, which Date does not read: it is the second after :59.
  const leap = seconds.endsWith(':60') ? 1_000_000_000n : 0n;
  const milliseconds = Date.parse(`${seconds.replace(/:60$/, ':59')}${offset}`);
  return BigInt(milliseconds) * 1_000_000n + leap + BigInt(fraction.padEnd(9, '0'));
}

/** Whether the one time lies before the other, whatever their offsets. */
export function isBefore(earlier: string, later: string): boolean {
  // In one spelling of UTC the order of the text is the order of time.
  if (earlier.length === later.length && earlier.endsWith('Z') && later.endsWith('Z'))
    return earlier < later;
  return instant(earlier) < instant(later);
}

/** The later of two times, as written. */
export function laterOf(a: string, b: string): string {
  return isBefore(a, b) ? b : a;
}

/** Refuses an event time after the recorded time with `time-in-future` at `pointer`: no skew. */
export function requirePast(time: string, at: At, pointer: string): void {
  if (isBefore(at.recordedAt, time))
    throw refuse('time-in-future', `${time} is after the recorded time ${at.recordedAt}.`, pointer);
}

/** Refuses with `time-out-of-order` at `pointer` when `later` lies before `earlier`. */
export function requireOrder(earlier: string, later: string, pointer: string): void {
  if (isBefore(later, earlier))
    throw refuse('time-out-of-order', `${later} is before ${earlier}.`, pointer);
}

/**
 * The first calendar date that was possible anywhere at that time (UTC−12). A date has no offset, so
 * a comparison with a time gives it the benefit of every time zone.
 */
export function firstDateAt(time: string): string {
  return utcDate(instant(time) - 12n * NANOSECONDS_PER_HOUR);
}

/** The last calendar date that was possible anywhere at that time (UTC+14). */
export function lastDateAt(time: string): string {
  return utcDate(instant(time) + 14n * NANOSECONDS_PER_HOUR);
}

/** The calendar year of a time where it was written. */
export function yearOf(time: string): string {
  return time.slice(0, 4);
}

function utcDate(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 10);
}
