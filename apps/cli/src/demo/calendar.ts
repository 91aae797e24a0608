const DAY_MS = 86_400_000;

/** An RFC 3339 date-time some days before now: the story always lies in the recent past. */
export function daysAgo(days: number, hour = 9): string {
  const day = new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
  return `${day}T${String(hour).padStart(2, '0')}:00:00Z`;
}

/** The RFC 3339 full-date some days before now; negative days lie ahead. */
export function dateDaysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}

/** An RFC 3339 date-time some hours ahead. */
export function hoursAhead(hours: number): string {
  return `${new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
}
