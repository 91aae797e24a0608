import { base64 } from '@scure/base';
import {
  blindedDigest,
  parseJson,
  type BundleRecord,
  type EvidenceBundle,
  type Statement,
} from '#lib/documents';
import { formatBundle, parseBundle } from '#lib/verification';
import { sha256 } from './memory-keys.js';

/** The bundle after a forger's edit, as bytes again. */
export function edited(bytes: Uint8Array, edit: (bundle: EvidenceBundle) => void): Uint8Array {
  const bundle = parseBundle(bytes);
  edit(bundle);
  return formatBundle(bundle);
}

/** The statement of a record. */
export function statementOf({ statement }: BundleRecord): Statement {
  return parseJson(base64.decode(statement)) as unknown as Statement;
}

/** Where a record stands: the first of a statement type, in one log if it is named. */
export function positionOf(
  { records }: EvidenceBundle,
  type: Statement['type'][1],
  origin?: string,
): number {
  const position = records.findIndex(
    (record) =>
      statementOf(record).type[1] === type && (origin === undefined || record.origin === origin),
  );
  if (position < 0) throw new Error(`The bundle has no ${type}`);
  return position;
}

/** The bundle without the first record of a type, and without what only that record needed. */
export function without(
  bytes: Uint8Array,
  type: Statement['type'][1],
  origin?: string,
): Uint8Array {
  return edited(bytes, (bundle) => {
    bundle.records.splice(positionOf(bundle, type, origin), 1);
    const text = bundle.records.map((record) => JSON.stringify(statementOf(record))).join();
    bundle.disclosures = bundle.disclosures.filter((each) =>
      text.includes(blindedDigest(sha256, each.salt, each.value)),
    );
  });
}
