const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
/** The months that have not every day up to the 31st: February has fewer, in most years. */
const SHORT_MONTH = /^....-(02-(29|3.)|(04|06|09|11)-31)/;

/**
 * The instant of an RFC 3339 date-time with offset, in milliseconds since 1970 (finer digits are
 * dropped), or undefined when the text is none: 30 February, a leap second, no offset. Needed
 * because Date.parse alone turns 30 February into 2 March.
 */
export function instantOf(dateTime: unknown): number | undefined {
  if (typeof dateTime !== 'string' || !DATE_TIME.test(dateTime)) return undefined;
  const isLate = dateTime.slice(8, 10) > '28';
  if (isLate && SHORT_MONTH.test(dateTime) && !isLeapDay(dateTime)) return undefined;
  return Date.parse(dateTime);
}

function isLeapDay(dateTime: string): boolean {
  const year = Number(dateTime.slice(0, 4));
  return (
    dateTime.startsWith('02-29', 5) && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  );
}
