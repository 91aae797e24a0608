import { base64 } from '@scure/base';
import { blindedDigest, parseJson, toHex, type Disclosure, type Json } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { draftStatement, type Draft } from './draft.js';

/** What the importer adds to what the bundle already says. */
export interface ImportOptions {
  /** The importer: the party that the release names. */
  importer: string;
  /** The batch’s new name here, within the importer’s DID. */
  batch: string;
  /** The recognition under which this jurisdiction accepts the certificate. */
  recognition: string;
  /** The facility that receives the material, if it is to be named. */
  facility?: string;
  receivedAt: string;
}

interface Evidence {
  certificate: string;
  registries: { registry: string; jurisdiction: string; origin: string }[];
  records: { origin: string; statement: string; entry: string }[];
  disclosures: Disclosure[];
}

interface Found {
  statement: Record<string, Json> & { credentialSubject: Record<string, Json> };
  position: { origin: string; index: number; statement: string };
}

/**
 * The unsigned Import statement that an evidence bundle from another registry gives rise to: it
 * embeds the home certificate and cites the release by its place in the home log. Throws an Error
 * when the bundle holds no release of the certified batch.
 */
export function draftImport(bundle: Uint8Array, options: ImportOptions): Draft {
  const evidence = parseJson(bundle) as unknown as Evidence;
  const certificate = findRecord(evidence, (_, digest) => digest === evidence.certificate);
  const batch = certificate?.statement.credentialSubject.id;
  const release = findRecord(
    evidence,
    ({ type, credentialSubject }) =>
      (type as string[])[1] === 'Release' && credentialSubject.batch === batch,
  );
  const home = evidence.registries.find(({ origin }) => origin === certificate?.position.origin);
  if (!certificate || !release || !home)
    throw new Error(
      'the bundle holds no certificate with a release: ask the holder for one made after the release',
    );
  const statement = draftStatement('Import', options.importer, {
    id: options.batch,
    release: release.position,
    home: { registry: home.registry, jurisdiction: home.jurisdiction, batch: batch as string },
    certificate: certificate.statement,
    transfersTitle: release.statement.credentialSubject.transfersTitle as boolean,
    recognition: options.recognition,
    evidence: toHex(nodeCrypto.sha256(bundle)),
    receivedAt: options.receivedAt,
    ...(options.facility === undefined ? {} : { facility: options.facility }),
  });
  return { statement, disclosures: disclosuresFor(certificate.statement, evidence.disclosures) };
}

function findRecord(
  evidence: Evidence,
  wanted: (statement: Found['statement'], digest: string) => boolean,
): Found | undefined {
  for (const record of evidence.records) {
    const bytes = base64.decode(record.statement);
    const digest = toHex(nodeCrypto.sha256(bytes));
    const statement = parseJson(bytes) as Found['statement'];
    if (!wanted(statement, digest)) continue;
    const { index } = JSON.parse(record.entry) as { index: number };
    return { statement, position: { origin: record.origin, index, statement: digest } };
  }
  return undefined;
}

/** The disclosures that open something in this document, and no others. */
function disclosuresFor(document: Json, disclosures: readonly Disclosure[]): Disclosure[] {
  const text = JSON.stringify(document);
  return disclosures.filter(({ salt, value }) =>
    text.includes(`"blinded":"${blindedDigest(nodeCrypto.sha256, salt, value)}"`),
  );
}
