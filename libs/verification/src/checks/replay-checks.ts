import type { ProblemName } from '#lib/problem';
import type { Case } from '../case.js';
import { cannotTell, count, fail, nameOf, pass, wordsOf } from '../finding.js';
import type { ReplayStop } from '../replay-log.js';
import type { Finding } from '../report.js';

/** The refusals that say who may speak; all others say what may be said. */
const WHO_MAY_SPEAK: ReadonlySet<ProblemName> = new Set([
  'party-unknown',
  'key-not-valid',
  'role-missing',
  'signer-missing',
  'not-issuer',
  'not-issuer-scoped',
  'not-operator',
  'not-receiver',
]);

/** Every statement was signed by keys that the log itself held as entitled at its recorded time. */
export function inspectSigners(opened: Case): Finding {
  const refused = stops(opened).filter(isAboutSigners);
  if (refused.length > 0) return refusal(refused);
  return untold(opened) ?? pass('Every key was valid for its party and role when it signed.');
}

/**
 * The rules that the registry must keep, kept: every statement of the bundle is decided and applied
 * again, log by log, at its recorded time. What others drew from the same batches is not in a bundle,
 * for it is theirs; that nothing was spent twice is for the registry to see to and for `audit`, on
 * the whole log, to find.
 */
export function inspectDecisions(opened: Case): Finding {
  const refused = stops(opened).filter((stop) => isRefused(stop) && !isAboutSigners(stop));
  if (refused.length > 0) return refusal(refused);
  const lines = [...opened.replays].map(([origin, { decided }]) => {
    const ours = decided.filter(({ record }) => record.at.origin === origin);
    return `${origin}: ${count(ours.length, 'statement')} decided again`;
  });
  return (
    untold(opened) ??
    pass(
      'Every statement stands when it is decided again. What others drew from the same batches is not in the bundle: an audit of the log sees that.',
      lines,
    )
  );
}

function stops({ replays }: Case): ReplayStop[] {
  // The logs of one history share a replay.
  return [...new Set(replays.values())].flatMap(({ stop }) => stop ?? []);
}

function isRefused({ because }: ReplayStop): boolean {
  return because === 'refused';
}

function isAboutSigners(stop: ReplayStop): boolean {
  return isRefused(stop) && stop.problem !== undefined && WHO_MAY_SPEAK.has(stop.problem.problem);
}

function refusal(refused: readonly ReplayStop[]): Finding {
  const lines = refused.map(({ at, problem }) => `${nameOf(at)}: ${wordsOf(problem!)}`);
  return fail(lines[0]!, lines);
}

function untold(opened: Case): Finding | undefined {
  const [first, ...rest] = stops(opened);
  if (first === undefined) return undefined;
  const lines = [first, ...rest].map(({ at, because }) => `${nameOf(at)}: ${because}`);
  if (first.because === 'undisclosed')
    return cannotTell(
      `The value at ${first.at.undisclosed} of ${nameOf(first.at)} is not disclosed, and later statements may rest on it.`,
      'Ask the holder for a bundle with its disclosures.',
      lines,
    );
  return cannotTell(
    `${nameOf(first.at)} does not stand, and later statements may rest on it.`,
    'See the check that failed.',
    lines,
  );
}
