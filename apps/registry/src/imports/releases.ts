import {
  parseStatement,
  type EvidenceBundle,
  type ImportRefusal,
  type Release,
  type Sha256,
  type Statement,
} from '#lib/documents';
import { parseEntry } from '#lib/tlog';

/** A statement of a bundle with its place in its log, as the bundle has it. */
export interface Evidenced<S = Statement> {
  origin: string;
  index: number;
  digest: string;
  statement: S;
}

/** What a bundle says of releases; nothing of it is verified. */
export interface Releases {
  /** Digest of the certificate that the bundle is about. */
  certificate: string;
  /** The log that holds that certificate, if the bundle does. */
  home: string | undefined;
  /** In the order of the bundle. */
  releases: Evidenced<Release>[];
  /** Digests of the releases that were declined. */
  declined: string[];
}

/** The releases in a bundle, and those of them that are declined. Throws what `parseStatement` throws. */
export function releasesIn(sha256: Sha256, { certificate, records }: EvidenceBundle): Releases {
  const all = records.map((record): Evidenced => {
    const bytes = new Uint8Array(Buffer.from(record.statement, 'base64'));
    const { statement, digest } = parseStatement(sha256, bytes);
    const { index } = parseEntry(new TextEncoder().encode(record.entry));
    return { origin: record.origin, index, digest, statement };
  });
  return {
    certificate,
    home: all.find(({ digest }) => digest === certificate)?.origin,
    releases: all.filter(isOf<Release>('Release')),
    declined: all
      .filter(isOf<ImportRefusal>('ImportRefusal'))
      .map(({ statement }) => statement.credentialSubject.release.statement),
  };
}

function isOf<S extends Statement>(type: S['type'][1]) {
  return (record: Evidenced): record is Evidenced<S> => record.statement.type[1] === type;
}
