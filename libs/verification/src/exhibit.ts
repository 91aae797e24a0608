import { verifyCredentialRules } from '#lib/credentials';
import {
  checkStatement,
  findBlinded,
  fromBase64,
  indexDisclosures,
  openWith,
  parseStatement,
  type BundleRecord,
  type Certificate,
  type DisclosureIndex,
  type EvidenceBundle,
  type Opened,
  type Sha256,
  type Statement,
  type StatementType,
} from '#lib/documents';
import { refuse } from '#lib/problem';
import { leafHash, parseEntry, parseTlogProof, type Entry, type TlogProof } from '#lib/tlog';
import { asBundleProblem, parseBundle } from './bundle.js';

const encoder = new TextEncoder();

/** One record of a bundle, taken apart and not yet believed: nothing in it has been verified. */
export interface Exhibit {
  /** What the bundle says; the entry's own word is in `entry`. */
  origin: string;
  entry: Entry;
  /** RFC 6962 leaf hash of the entry's exact bytes. */
  leafHash: Uint8Array;
  proof: TlogProof;
  /** As signed, with what is blinded still blinded. */
  statement: Statement;
  /** The statement's exact bytes. */
  bytes: Uint8Array;
  /** Their SHA-256, hex. */
  digest: string;
  /** With every value that the bundle discloses. */
  opened: Opened<Statement>;
  /** JSON Pointer of the first value that the bundle does not disclose, if there is one. */
  undisclosed: string | undefined;
}

/** An exhibit whose statement is of one type. */
export interface ExhibitOf<T extends StatementType> extends Exhibit {
  opened: Extract<Opened<Statement>, { type: [string, T] }>;
}

/** The exhibits of one statement type, in order. */
export function exhibitsOf<T extends StatementType>(
  exhibits: readonly Exhibit[],
  type: T,
): ExhibitOf<T>[] {
  return exhibits.filter((exhibit): exhibit is ExhibitOf<T> => exhibit.opened.type[1] === type);
}

/** A bundle taken apart: its exhibits in the order of origin and index. */
export interface OpenedBundle {
  bundle: EvidenceBundle;
  exhibits: Exhibit[];
  /** The record that the bundle is about; its statement is a Certificate. */
  certificate: ExhibitOf<'Certificate'>;
}

/**
 * Takes a bundle apart from its exact bytes. Throws `malformed-bundle` when any part cannot be read,
 * a record is there twice or out of order, a disclosure opens nothing, or the certificate is absent.
 */
export function openBundle(sha256: Sha256, bytes: Uint8Array): OpenedBundle {
  const bundle = parseBundle(bytes);
  const disclosures = asBundleProblem('', () => indexDisclosures(sha256, bundle.disclosures));
  const used = new Set<string>();
  const exhibits = bundle.records.map((record, i) =>
    asBundleProblem(`/records/${i}`, () => openRecord(sha256, record, disclosures, used)),
  );
  requireOrder(exhibits);
  requireAllUsed(disclosures, used);
  requireOneBlockEach(bundle);
  return { bundle, exhibits, certificate: certificateAmong(exhibits, bundle.certificate) };
}

/**
 * The certificate that a bundle is about, with what the bundle discloses: what rulesets are run on
 * once the bundle is accepted. Throws `malformed-bundle`.
 */
export function certificateOf(sha256: Sha256, bytes: Uint8Array): Opened<Certificate> {
  return openBundle(sha256, bytes).certificate.opened;
}

function openRecord(
  sha256: Sha256,
  record: BundleRecord,
  disclosures: DisclosureIndex,
  used: Set<string>,
): Exhibit {
  const entryBytes = encoder.encode(record.entry);
  const { statement, bytes, digest, opened, undisclosed } = asBundleProblem('/statement', () =>
    openStatement(sha256, decodeBase64(record.statement), disclosures, used),
  );
  return {
    origin: record.origin,
    entry: asBundleProblem('/entry', () => parseEntry(entryBytes)),
    leafHash: leafHash(sha256, entryBytes),
    proof: asBundleProblem('/proof', () => parseTlogProof(record.proof)),
    statement,
    bytes,
    digest,
    opened,
    undisclosed,
  };
}

/** The same reading as the registry's: exact bytes, schema, the rules of a credential, disclosures. */
function openStatement(
  sha256: Sha256,
  bytes: Uint8Array,
  disclosures: DisclosureIndex,
  used: Set<string>,
) {
  const { statement, digest } = parseStatement(sha256, bytes);
  verifyCredentialRules(statement);
  const read = openWith(statement, disclosures, used);
  // As it was read when nothing in it is blinded, and then it is checked already.
  if (read === statement)
    return { statement, bytes, digest, opened: read as Opened<Statement>, undisclosed: undefined };
  // A disclosed value stands where the schema admits a value of one type only.
  const opened = checkStatement(read) as Opened<Statement>;
  return { statement, bytes, digest, opened, undisclosed: findBlinded(opened) };
}

function decodeBase64(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes) return bytes;
  throw refuse('malformed-bundle', 'It is not base64 (RFC 4648 §4).');
}

/** Sorted and unique, so that one set of records makes one file. */
function requireOrder(exhibits: readonly Exhibit[]): void {
  exhibits.forEach((exhibit, i) => {
    const before = exhibits[i - 1];
    if (before === undefined || comparePlace(before, exhibit) < 0) return;
    throw refuse(
      'malformed-bundle',
      'The records are not in the order of origin and index, each once.',
      `/records/${i}`,
    );
  });
}

function comparePlace(a: Exhibit, b: Exhibit): number {
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  return a.proof.index - b.proof.index;
}

function requireAllUsed(disclosures: DisclosureIndex, used: ReadonlySet<string>): void {
  for (const [digest, { position }] of disclosures)
    if (!used.has(digest))
      throw refuse('malformed-bundle', 'The disclosure opens nothing.', `/disclosures/${position}`);
}

function requireOneBlockEach({ registries, records }: EvidenceBundle): void {
  const origins = registries.map(({ origin }) => origin);
  const twice = origins.findIndex((origin, i) => origins.indexOf(origin) < i);
  if (twice >= 0)
    throw refuse('malformed-bundle', 'The log is described twice.', `/registries/${twice}`);
  const orphan = records.findIndex(({ origin }) => !origins.includes(origin));
  if (orphan >= 0)
    throw refuse('malformed-bundle', 'No registry has that log.', `/records/${orphan}/origin`);
  const idle = origins.findIndex((origin) => !records.some((record) => record.origin === origin));
  if (idle >= 0)
    throw refuse('malformed-bundle', 'The log has no record here.', `/registries/${idle}/origin`);
}

function certificateAmong(exhibits: readonly Exhibit[], digest: string): ExhibitOf<'Certificate'> {
  const certificate = exhibitsOf(exhibits, 'Certificate').find((each) => each.digest === digest);
  if (certificate) return certificate;
  throw refuse('malformed-bundle', 'No record is the certificate that it names.', '/certificate');
}
