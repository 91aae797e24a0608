import { isBlinded, toHex } from '#lib/documents';
import type { Case } from './case.js';
import { newestHead, witnessedAt } from './checks/log-checks.js';
import type { ExhibitOf } from './exhibit.js';
import type { CertificateSummary, ReportAsOf } from './report.js';

/** What the certificate is about, in the words of the certificate. */
export function summaryOf(certificate: ExhibitOf<'Certificate'>): CertificateSummary {
  const { opened, digest, entry } = certificate;
  const { id, form, lot, quantity, custodyModel, custodian, owner, conformity } =
    opened.credentialSubject;
  return {
    id: opened.id ?? '',
    digest,
    issuer: opened.issuer,
    batch: id,
    form,
    ...(lot === undefined || isBlinded(lot) ? {} : { lot }),
    ...(isBlinded(quantity) ? {} : { quantity }),
    custodyModel,
    custodian,
    owner,
    conformity,
    validFrom: opened.validFrom,
    validUntil: opened.validUntil,
    recordedAt: entry.recordedAt,
  };
}

/** For every registry whose checkpoint verified: up to where the bundle speaks of its log. */
export function asOfEach(opened: Case): ReportAsOf[] {
  return opened.bundle.registries.flatMap(({ registry, jurisdiction, origin }) => {
    const head = newestHead(opened, origin);
    if (head === undefined) return [];
    const { treeSize, rootHash } = head.checkpoint;
    const seconds = witnessedAt(head);
    const time =
      seconds === undefined ? {} : { witnessedAt: new Date(seconds * 1000).toISOString() };
    return [{ registry, jurisdiction, origin, treeSize, rootHash: toHex(rootHash), ...time }];
  });
}
