const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a day exists (RFC 3339 full-date); the pattern `YYYY-MM-DD` is seen to elsewhere. */
export function isDate(text: string): boolean {
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 2);
  const day = numberAt(text, 8, 2);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (DAYS[month] ?? 0);
  return day >= 1 && day <= days;
}

/**
 * Whether an instant with offset exists (RFC 3339 date-time), leap seconds left to the generated
 * validators; the pattern `YYYY-MM-DDThh:mm:ss`, a fraction, `Z` or `±hh:mm` is seen to elsewhere.
 */
export function isDateTime(text: string): boolean {
  if (!isDate(text) || !isTime(text, 11) || numberAt(text, 17, 2) > 59) return false;
  return text.endsWith('Z') || isTime(text, text.length - 5);
}

function isTime(text: string, at: number): boolean {
  return numberAt(text, at, 2) <= 23 && numberAt(text, at + 3, 2) <= 59;
}

function numberAt(text: string, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) value = 10 * value + text.charCodeAt(i) - 48;
  return value;
}
