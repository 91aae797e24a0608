import { instantOf } from '#lib/credentials';
import { canonicalize, escapePointer, toHex, type Flag, type Sha256 } from '#lib/documents';
import {
  batchKey,
  certificateFacts,
  isBeyond,
  replay,
  walkProvenance,
  type CertificateFacts,
} from '#lib/materials';
import { newestBlock, type Case } from '../case.js';
import type { ExhibitOf } from '../exhibit.js';
import { cannotTell, fail, nameOf, pass, unlessFaults } from '../finding.js';
import { DECIDERS, historyOf, stateOf, type Decided, type Replay } from '../replay-log.js';
import { chainCertificates } from '../lookup.js';
import type { Finding } from '../report.js';
import { newestHead, witnessedAt } from './log-checks.js';

const FUTURE_SKEW_SECONDS = 300;

/**
 * Draws every certificate of the chain up again, from the statements before its `asOf` alone, and
 * compares it with what was signed, field by field.
 */
export async function inspectFacts(sha256: Sha256, opened: Case): Promise<Finding> {
  const faults: string[] = [];
  const certificates = chainCertificates(sha256, opened);
  for (const certificate of certificates) {
    const differing = [
      ...asOfFaults(opened, certificate),
      ...(await differingFields(opened, certificate)),
    ];
    faults.push(...differing.map((fault) => `${nameOf(certificate)}: ${fault}.`));
  }
  return unlessFaults(
    faults,
    'Every field of the certificate follows from the statements.',
    certificates.map(nameOf),
  );
}

/** The certificate's own period covers the time of judgement. */
export function inspectPeriod({ certificate, at }: Case): Finding {
  const { validFrom, validUntil } = certificate.opened;
  const day = at ?? certificate.entry.recordedAt;
  const period = `It is valid from ${validFrom} to ${validUntil}`;
  if (instantOf(day) === undefined)
    return cannotTell(
      `${day} is no RFC 3339 date-time.`,
      'Give the time of judgement with an offset.',
    );
  if (instantOf(day)! < instantOf(validFrom)! || instantOf(day)! > instantOf(validUntil)!)
    return fail(`${period}, and is judged at ${day}.`);
  return pass(at === undefined ? `${period}; judged as at its recording.` : `${period}.`);
}

/** The newest checkpoint of the certificate's log was cosigned recently enough for the trust file. */
export function inspectFreshness(opened: Case): Finding {
  const { trust, at, certificate } = opened;
  const { origin } = newestBlock(opened, certificate.origin);
  const head = newestHead(opened, origin);
  const time = head && witnessedAt(head);
  const asAt = `The evidence is as at checkpoint ${head?.checkpoint.treeSize} of ${origin}`;
  if (trust.maximumAgeSeconds === undefined)
    return cannotTell(
      `${asAt}; the trust file sets no maximum age.`,
      'Set maximumAgeSeconds in the trust file, or ask the registry whether the certificate stands.',
    );
  if (time === undefined)
    return cannotTell(
      `${asAt}, which no trusted witness has dated.`,
      'Add a witness policy to the trust file, or ask for a bundle that a witness has cosigned.',
    );
  const now = at === undefined ? undefined : instantOf(at);
  if (now === undefined)
    return cannotTell(`${asAt}; no time of judgement is given.`, 'Give the time of judgement.');
  const age = Math.floor(now / 1000) - time;
  const words = `${asAt}, cosigned ${age} seconds before the time of judgement`;
  if (age > trust.maximumAgeSeconds)
    return fail(`${words}; the trust file allows ${trust.maximumAgeSeconds}.`);
  if (age < -FUTURE_SKEW_SECONDS) return fail(`${words}: in its future.`);
  return pass(`${words}.`);
}

/** Where the bundle happens to hold the very checkpoint on which the certificate says it rests. */
function asOfFaults({ heads }: Case, certificate: ExhibitOf<'Certificate'>): string[] {
  const { asOf } = certificate.opened.credentialSubject;
  const contradicts = [...heads.values()].some(
    (head) =>
      !head.problem &&
      head.value.checkpoint.origin === asOf.origin &&
      head.value.checkpoint.treeSize === asOf.treeSize &&
      toHex(head.value.checkpoint.rootHash) !== asOf.rootHash,
  );
  return contradicts ? [`its asOf names another root for size ${asOf.treeSize}`] : [];
}

async function differingFields(
  { replays, histories }: Case,
  certificate: ExhibitOf<'Certificate'>,
): Promise<string[]> {
  const { asOf, ...claimed } = certificate.opened.credentialSubject;
  const { origins } = histories.get(certificate.origin)!;
  const isLater = (origin: string) => origins.indexOf(origin) > origins.indexOf(asOf.origin);
  const whole = replays.get(certificate.origin)!;
  const before = whole.decided.filter(
    ({ record: { at } }) => !isLater(at.origin) && !isBeyond(at, asOf),
  );
  const drawn = await drawUp(whole, before, claimed.id);
  if (drawn === undefined) return [`no statement before its asOf makes ${claimed.id}`];
  const flags = claimed.flags.filter((flag) => !isBeyondTheBundle(flag, drawn.flags));
  return differences({ ...claimed, flags }, drawn, '/credentialSubject').map(
    (pointer) => `${pointer} differs from what the statements say`,
  );
}

/**
 * A plant's capacity is exceeded by all that it made in a year, most of which is no business of this
 * bundle. Such a flag speaks against the batch, so it is taken on the registry's word.
 */
function isBeyondTheBundle(flag: Flag, drawn: readonly Flag[]): boolean {
  const isDrawn = drawn.some((each) => canonicalize(each) === canonicalize(flag));
  return flag.kind === 'capacity-exceeded' && !isDrawn;
}

/** As the registry draws up a certificate: from the provenance of the batch and from nothing else. */
async function drawUp(
  whole: Replay,
  before: readonly Decided[],
  batch: string,
): Promise<CertificateFacts | undefined> {
  const provenance = await walkProvenance({ history: historyOf(before) }, batch);
  const { records } = provenance;
  const state = stateOf(whole, records) ?? replay(records, DECIDERS);
  if (!state.has(batchKey(batch))) return undefined;
  return certificateFacts(provenance, state);
}

/** JSON Pointers of the deepest members in which two JSON values differ; order matters in lists. */
function differences(claimed: unknown, drawn: unknown, pointer: string): string[] {
  if (isBranch(claimed) && isBranch(drawn) && Array.isArray(claimed) === Array.isArray(drawn)) {
    const names = new Set([...Object.keys(claimed), ...Object.keys(drawn)]);
    return [...names].flatMap((name) =>
      differences(claimed[name], drawn[name], `${pointer}/${escapePointer(name)}`),
    );
  }
  return claimed === drawn || spell(claimed) === spell(drawn) ? [] : [pointer];
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function spell(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalize(value);
}
