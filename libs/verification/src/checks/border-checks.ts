import type { Sha256 } from '#lib/documents';
import { isBefore } from '#lib/materials';
import { historyAt, type Case } from '../case.js';
import { exhibitsOf, type ExhibitOf } from '../exhibit.js';
import { nameOf, pass, unlessFaults } from '../finding.js';
import { embeddedDigest, lastStatusChange } from '../lookup.js';
import { logKeysNamedIn } from '../log-trust.js';
import type { Finding } from '../report.js';

const NO_IMPORTS = 'All the material was in one registry from its source.';

/**
 * Every import cites a release of the home log, which names this registry, this importer and the
 * very certificate that the import embeds; no release is imported twice, none was refused.
 */
export function inspectReleases(sha256: Sha256, opened: Case): Finding {
  const imports = exhibitsOf(opened.exhibits, 'Import');
  if (imports.length === 0) return pass(NO_IMPORTS);
  return unlessFaults(
    imports.flatMap((imported) =>
      releaseFaults(sha256, opened, imported).map((fault) => `${nameOf(imported)}: ${fault}.`),
    ),
    'Every import is the one that its release allowed.',
    imports.map((imported) => {
      const { origin, index } = imported.opened.credentialSubject.release;
      return `${nameOf(imported)} takes up index ${index} of ${origin}`;
    }),
  );
}

/**
 * For every import, a recognition in the importing log names the home registry, its log and its key,
 * covers the day on which the import was recorded, and is not suspended or revoked as at the
 * checkpoint. Its scope is judged by `decisions-hold`.
 */
export function inspectRecognitions(opened: Case): Finding {
  const imports = exhibitsOf(opened.exhibits, 'Import');
  if (imports.length === 0) return pass(NO_IMPORTS);
  return unlessFaults(
    imports.flatMap((imported) =>
      recognitionFaults(opened, imported).map((fault) => `${nameOf(imported)}: ${fault}.`),
    ),
    'A recognition was in force for every import.',
    imports.map(({ opened: { credentialSubject } }) => credentialSubject.recognition),
  );
}

function releaseFaults(sha256: Sha256, opened: Case, imported: ExhibitOf<'Import'>): string[] {
  const { exhibits, bundle, histories } = opened;
  const {
    release: cited,
    home,
    certificate,
    receivedAt,
    transfersTitle,
  } = imported.opened.credentialSubject;
  const release = exhibitsOf(exhibits, 'Release').find(
    ({ origin, entry, digest }) =>
      origin === cited.origin && entry.index === cited.index && digest === cited.statement,
  );
  if (release === undefined)
    return [`the release that it cites, index ${cited.index} of ${cited.origin}, is not here`];
  const here = bundle.registries.find(({ origin }) => origin === imported.origin)!;
  const there = bundle.registries.find(({ origin }) => origin === cited.origin)!;
  const subject = release.opened.credentialSubject;
  const { batch, destination, importer, certificate: named } = subject;
  const embedded = embeddedDigest(sha256, imported);
  const homeCertificate = exhibitsOf(historyAt(opened, cited.origin), 'Certificate').find(
    ({ digest }) => digest === embedded,
  );
  const ours = histories.get(imported.origin)!.origins;
  const demands: [boolean, string][] = [
    [home.registry === there.registry, 'it names another home registry than the log’s'],
    [home.jurisdiction === there.jurisdiction, 'it names another home jurisdiction'],
    [batch === home.batch, 'the release is of another batch'],
    [ours.includes(destination.origin), 'the release is for another log'],
    [destination.registry === here.registry, 'the release is for another registry'],
    [destination.jurisdiction === here.jurisdiction, 'the release is for another jurisdiction'],
    [importer === imported.opened.issuer, 'the release is to another importer'],
    [homeCertificate !== undefined, 'the certificate that it embeds is not in the home log'],
    [named === certificate.id, 'the release rests on another certificate'],
    [subject.transfersTitle === transfersTitle, 'the release says otherwise of the title'],
    [!isBefore(receivedAt, subject.releasedAt), 'it was received before it was released'],
    [certificate.credentialSubject.id === batch, 'the certificate is of another batch'],
    [release.entry.recordedAt <= imported.entry.recordedAt, 'it was recorded before the release'],
    [!isImportedBefore(opened, imported), 'another import takes up the same release'],
    [!isRefused(opened, imported), 'the release was refused and the batch reopened at home'],
  ];
  return demands.filter(([holds]) => !holds).map(([, fault]) => fault);
}

function isImportedBefore({ exhibits }: Case, imported: ExhibitOf<'Import'>): boolean {
  const { release } = imported.opened.credentialSubject;
  return exhibitsOf(exhibits, 'Import').some(
    (other) =>
      other !== imported &&
      other.opened.credentialSubject.release.origin === release.origin &&
      other.opened.credentialSubject.release.index === release.index,
  );
}

function isRefused(opened: Case, imported: ExhibitOf<'Import'>): boolean {
  const { origin, index } = imported.opened.credentialSubject.release;
  const refusals = exhibitsOf(historyAt(opened, origin), 'ImportRefusal');
  return refusals.some((each) => {
    const { release } = each.opened.credentialSubject;
    return release.origin === origin && release.index === index;
  });
}

function recognitionFaults(opened: Case, imported: ExhibitOf<'Import'>): string[] {
  const { recognition: id, home, release } = imported.opened.credentialSubject;
  const local = historyAt(opened, imported.origin);
  const recognition = exhibitsOf(local, 'Recognition').find(
    (each) => each.opened.credentialSubject.id === id,
  );
  if (recognition === undefined) return [`the recognition ${id} is not here`];
  const scope = recognition.opened.credentialSubject;
  const keys = opened.exhibits
    .filter(({ origin }) => origin === release.origin)
    .flatMap(logKeysNamedIn);
  const day = imported.entry.recordedAt.slice(0, 10);
  const standing = lastStatusChange(local, 'recognition', id);
  const demands: [boolean, string][] = [
    [
      local.indexOf(recognition) < local.indexOf(imported),
      'it was recorded before the recognition',
    ],
    [scope.registry === home.registry, `the recognition is of ${scope.registry}`],
    [scope.jurisdiction === home.jurisdiction, `the recognition is of ${scope.jurisdiction}`],
    [scope.origin === release.origin, `the recognition is of the log ${scope.origin}`],
    [keys.includes(scope.logKey), 'the recognition names another log key'],
    [scope.validFrom <= day, `the recognition begins on ${scope.validFrom}, after ${day}`],
    [day <= scope.validUntil, `the recognition ended on ${scope.validUntil}, before ${day}`],
    [
      standing === undefined,
      `the recognition does not stand, says ${standing && nameOf(standing)}`,
    ],
  ];
  return demands.filter(([holds]) => !holds).map(([, fault]) => fault);
}
