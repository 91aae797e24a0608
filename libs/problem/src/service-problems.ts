import { problemType as type, type ProblemType } from './problem-type.js';

/** The registry cannot answer now. */
export const SERVICE_PROBLEMS = {
  // —— sequenced ——
  overloaded: type(
    503,
    'The registry is busy',
    'Send the same bytes again after Retry-After seconds; one entry results.',
  ),
  'database-unavailable': type(
    503,
    'The database is away',
    'Send the same bytes again after Retry-After seconds; one entry results.',
  ),
  'clock-behind': type(
    503,
    'The clock is behind the log',
    'The operator must correct the clock; send the same bytes again later.',
  ),
  'log-read-only': type(
    503,
    'The log is read-only',
    'The operator must resolve what `lodestone audit` and /health/ready report.',
  ),
  'rate-limited': type(429, 'Too many requests', 'Wait Retry-After seconds.'),
  internal: type(
    500,
    'Fault in the registry',
    'Send the same bytes again later; the operator finds the cause in the log under this request’s id.',
  ),
} as const satisfies Record<string, ProblemType>;
