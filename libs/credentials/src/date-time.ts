const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * The instant of an RFC 3339 date-time with offset, in milliseconds since 1970 (finer digits are
 * dropped), or undefined when the text is none: 30 February, a leap second, no offset. Needed
 * because Date.parse alone turns 30 February into 2 March.
 */
export function instantOf(dateTime: unknown): number | undefined {
  const parts = typeof dateTime === 'string' ? DATE_TIME.exec(dateTime) : null;
  if (!parts) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const daysInMonth =
    month >= 1 && month <= 12 ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 0;
  return day >= 1 && day <= daysInMonth ? Date.parse(parts[0]) : undefined;
}
