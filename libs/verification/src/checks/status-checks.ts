import {
  inspectStatus,
  instantOf,
  type StatusListCredential,
  type StatusPurpose,
} from '#lib/credentials';
import type { BitstringStatusListEntry, Sha256 } from '#lib/documents';
import { isBefore } from '#lib/materials';
import { historyAt, newestBlock, type Case, type StatusListExhibit } from '../case.js';
import { exhibitsOf, type ExhibitOf } from '../exhibit.js';
import { cannotTell, fail, nameOf, pass, unlessFaults, wordsOf } from '../finding.js';
import { chainCertificates, keyEnds, lastStatusChange } from '../lookup.js';
import type { Finding } from '../report.js';

const ACTIONS: Record<StatusPurpose, readonly string[]> = {
  revocation: ['revoke', 'supersede'],
  suspension: ['suspend'],
};

/**
 * What the log and the registry's signed status list (Bitstring Status List 1.0 §3.2) say, for one
 * purpose, of the certificate and of every certificate on which an import rests.
 */
export function inspectStanding(sha256: Sha256, opened: Case, purpose: StatusPurpose): Finding {
  const findings = chainCertificates(sha256, opened).map((certificate) =>
    certificateStanding(opened, certificate, purpose),
  );
  const evidence = findings.flatMap((finding) => finding.evidence ?? []);
  const worst =
    findings.find(({ result }) => result === 'fail') ??
    findings.find(({ result }) => result === 'cannot-tell');
  return worst ?? pass(findings[0]!.detail, evidence);
}

/** No batch of the chain is suspended or recalled as at the checkpoints. */
export function inspectRecalls(opened: Case): Finding {
  const changes = exhibitsOf(opened.exhibits, 'StatusChange').filter((change) => {
    const { kind, id } = change.opened.credentialSubject.target;
    const log = historyAt(opened, change.origin);
    return kind === 'batch' && lastStatusChange(log, kind, id) === change;
  });
  return unlessFaults(
    changes.map((change) => {
      const { target, reason } = change.opened.credentialSubject;
      return `${target.id} is out of good standing by ${nameOf(change)}: ${reason}`;
    }),
    'As at the checkpoints, every batch is in good standing.',
  );
}

function certificateStanding(
  opened: Case,
  certificate: ExhibitOf<'Certificate'>,
  purpose: StatusPurpose,
): Finding {
  const log = historyAt(opened, certificate.origin);
  const change = lastStatusChange(log, 'certificate', certificate.opened.id ?? '');
  if (change && ACTIONS[purpose].includes(change.opened.credentialSubject.action))
    return fail(`${nameOf(change)}: ${change.opened.credentialSubject.reason}`, [nameOf(change)]);
  const entry = certificate.opened.credentialStatus.find((each) => each.statusPurpose === purpose);
  const block = newestBlock(opened, certificate.origin);
  const lists = opened.statusLists.get(block)!;
  const forged = lists.find(({ signers }) => signers.problem);
  if (forged?.signers.problem)
    return fail(`A status list of ${block.registry}: ${wordsOf(forged.signers.problem)}`);
  const speaking = entry && firstSpeaking(lists, entry);
  if (speaking === undefined)
    return cannotTell(
      `The bundle has no list that speaks of ${purpose} of ${nameOf(certificate)}.`,
      'Ask the registry for a bundle with its status lists, or fetch them.',
    );
  const stale = listFault(opened, speaking, certificate);
  if (stale) return stale;
  const { status, detail } = speaking.finding;
  const { validFrom } = speaking.list as StatusListCredential;
  const words = `${detail} As at ${validFrom}.`;
  return status === 'raised' ? fail(words, [nameOf(certificate)]) : pass(words, [words]);
}

/** The first of the lists that has the entry, and what it says. */
function firstSpeaking(lists: readonly StatusListExhibit[], entry: BitstringStatusListEntry) {
  for (const { list, signers } of lists) {
    const finding = inspectStatus(list, entry);
    if (finding.status !== 'unknown') return { list, signers, finding };
  }
  return undefined;
}

/** The list must be signed by a key that stood, and, for the certificate itself, be in date. */
function listFault(
  opened: Case,
  { list, signers }: StatusListExhibit,
  certificate: ExhibitOf<'Certificate'>,
): Finding | undefined {
  const { at, certificate: main } = opened;
  const { validFrom, validUntil } = list as StatusListCredential;
  const ends = keyEnds(historyAt(opened, certificate.origin));
  const ended = ends.find(
    ({ publicKeyMultibase: key, from }) =>
      !signers.problem &&
      signers.value.some(({ publicKeyMultibase }) => publicKeyMultibase === key) &&
      !isBefore(validFrom, from),
  );
  if (ended) return fail(`The key of the status list of ${validFrom} ended on ${ended.from}.`);
  // A home registry's list was judged when the material was imported; it is not issued afresh.
  if (validUntil === undefined || certificate !== main) return undefined;
  // A time of judgement that is none is for certificate-in-force to report.
  if (instantOf(at) === undefined || instantOf(validUntil)! >= instantOf(at)!) return undefined;
  return cannotTell(
    `The status list held only until ${validUntil}.`,
    'Ask the registry for a bundle with a fresh status list.',
  );
}
