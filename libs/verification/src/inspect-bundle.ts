import type { Crypto, Trust } from '#lib/documents';
import type { Problem } from '#lib/problem';
import { openCase, type Case } from './case.js';
import { inspectReleases, inspectRecognitions } from './checks/border-checks.js';
import { inspectFacts, inspectFreshness, inspectPeriod } from './checks/certificate-checks.js';
import { inspectChain } from './checks/chain-check.js';
import {
  inspectCheckpoints,
  inspectEntries,
  inspectInclusion,
  inspectQuorum,
} from './checks/log-checks.js';
import { inspectDidDocuments, inspectTrust } from './checks/registry-checks.js';
import { inspectDecisions, inspectSigners } from './checks/replay-checks.js';
import { inspectLaterRevocations, inspectSignatures } from './checks/signature-checks.js';
import { inspectRecalls, inspectStanding } from './checks/status-checks.js';
import { openBundle } from './exhibit.js';
import { cannotTell, count, fail, pass, wordsOf } from './finding.js';
import { CHECKS, type Check, type CheckName, type Finding, type Report } from './report.js';
import { asOfEach, summaryOf } from './summary.js';
import { settle, settled } from './verified.js';

/** How a bundle is judged. */
export interface InspectOptions {
  /** RFC 3339: the time of judgement. Without it, periods and ages are judged as at the bundle. */
  at?: string;
}

type Inspect = (crypto: Crypto, opened: Case) => Finding | Promise<Finding>;

/** One check, and the checks without which its own answer would mean nothing. */
interface Step {
  inspect: Inspect;
  needs: CheckName[];
}

const STEPS: Record<Exclude<CheckName, 'bundle-well-formed'>, Step> = {
  'registry-trusted': step((_, opened) => inspectTrust(opened)),
  'checkpoint-signed': step((_, opened) => inspectCheckpoints(opened), 'registry-trusted'),
  'witness-quorum': step((_, opened) => inspectQuorum(opened), 'checkpoint-signed'),
  'statement-included': step(
    ({ sha256 }, opened) => inspectInclusion(sha256, opened),
    'checkpoint-signed',
  ),
  'entry-matches-statement': step((_, opened) => inspectEntries(opened)),
  'registry-did-document': step((_, opened) => inspectDidDocuments(opened)),
  'statement-signatures': step((_, opened) => inspectSignatures(opened)),
  'signer-authorised': step((_, opened) => inspectSigners(opened), 'entry-matches-statement'),
  'decisions-hold': step((_, opened) => inspectDecisions(opened), 'entry-matches-statement'),
  'no-later-revocation': step(
    (_, opened) => inspectLaterRevocations(opened),
    'entry-matches-statement',
    'statement-signatures',
  ),
  'chain-complete': step((_, opened) => inspectChain(opened)),
  'certificate-says-what-statements-say': step(
    ({ sha256 }, opened) => inspectFacts(sha256, opened),
    'signer-authorised',
    'decisions-hold',
  ),
  'release-matches-import': step(({ sha256 }, opened) => inspectReleases(sha256, opened)),
  'recognition-in-force': step((_, opened) => inspectRecognitions(opened)),
  'certificate-in-force': step((_, opened) => inspectPeriod(opened)),
  'not-revoked': step(
    ({ sha256 }, opened) => inspectStanding(sha256, opened, 'revocation'),
    'registry-did-document',
  ),
  'not-suspended': step(
    ({ sha256 }, opened) => inspectStanding(sha256, opened, 'suspension'),
    'registry-did-document',
  ),
  'not-recalled': step((_, opened) => inspectRecalls(opened)),
  freshness: step((_, opened) => inspectFreshness(opened), 'checkpoint-signed'),
};

/**
 * Judges an evidence bundle, from its exact bytes, without network, clock or account: every check by
 * name, in the order of `CHECKS`. The verdict is as at the checkpoints of the bundle. Never throws
 * on what the bundle or the trust file says.
 */
export async function inspectBundle(
  crypto: Crypto,
  bytes: Uint8Array,
  trust: Trust,
  { at }: InspectOptions = {},
): Promise<Report> {
  const read = settle(() => openBundle(crypto.sha256, bytes));
  if (read.problem) return unreadable(read.problem);
  const opened = read.value;
  const evidence = await openCase(crypto, opened, trust, at);
  const { records, registries } = opened.bundle;
  const whole = `${count(records.length, 'statement')} from ${count(registries.length, 'log')}.`;
  const checks = [checkOf('bundle-well-formed', pass(whole))];
  for (const [name, { inspect, needs }] of Object.entries(STEPS) as [CheckName, Step][]) {
    const unmet = checks.find((each) => needs.includes(each.name) && each.result !== 'pass');
    checks.push(checkOf(name, unmet ? untold(unmet) : await findingOf(inspect, crypto, evidence)));
  }
  return {
    accepted: checks.every(
      ({ name, result }) => result === 'pass' || isWaived(name, result, trust),
    ),
    certificate: summaryOf(opened.certificate),
    asOf: asOfEach(evidence),
    checks,
  };
}

function step(inspect: Inspect, ...needs: CheckName[]): Step {
  return { inspect, needs };
}

/** A Problem that a check runs into, as when a certificate cannot be drawn up again, is its finding. */
async function findingOf(inspect: Inspect, crypto: Crypto, evidence: Case): Promise<Finding> {
  const found = await settled(async () => inspect(crypto, evidence));
  return found.problem ? fail(wordsOf(found.problem)) : found.value;
}

function unreadable(problem: Problem): Report {
  const first = checkOf('bundle-well-formed', fail(wordsOf(problem)));
  const others = (Object.keys(STEPS) as CheckName[]).map((name) => checkOf(name, untold(first)));
  return { accepted: false, asOf: [], checks: [first, ...others] };
}

function untold({ title }: Check): Finding {
  return cannotTell(`Not told, because this did not pass: ${title}.`, 'See the check that failed.');
}

function checkOf(name: CheckName, { result, detail, evidence = [], remedy }: Finding): Check {
  const { title, remedy: usual } = CHECKS[name];
  return {
    name,
    title,
    result,
    detail,
    evidence,
    remedy: result === 'pass' ? '' : (remedy ?? usual),
  };
}

/** A trust file that names no witnesses, or no age, has chosen to do without that check. */
function isWaived(name: CheckName, result: Check['result'], trust: Trust): boolean {
  if (result !== 'cannot-tell') return false;
  if (name === 'witness-quorum') return trust.witnessPolicy === undefined;
  return name === 'freshness' && trust.maximumAgeSeconds === undefined;
}
