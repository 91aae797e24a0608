/** RFC 3339 §5.6 with seconds, as far as its shape goes. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** The time that an option names, as it is. Throws an Error that says how to write one. */
export function readTime(option: string, text: string): string {
  if (TIME.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new Error(
    `${option} is "${text}"; write a time with its offset, such as 2027-02-15T09:00:00Z.`,
  );
}

/** The calendar date that an option names, as it is. Throws an Error that says how to write one. */
export function readDate(option: string, text: string): string {
  // Date.parse takes 30 February for 2 March, so the date must come out as it went in.
  const instant = DATE.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (instant && !Number.isNaN(instant.valueOf()) && instant.toISOString().startsWith(text))
    return text;
  throw new Error(`${option} is "${text}"; write a date that exists, such as 2027-02-15.`);
}
