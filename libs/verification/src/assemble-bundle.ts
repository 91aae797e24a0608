import { base64 } from '@scure/base';
import {
  blindedDigest,
  indexDisclosures,
  openWith,
  parseJson,
  type BundleRecord,
  type BundleRegistry,
  type Disclosure,
  type EvidenceBundle,
  type Sha256,
} from '#lib/documents';
import { refuse } from '#lib/problem';
import { parseCheckpoint, parseEntry, parseNote, parseTlogProof } from '#lib/tlog';

/** One recorded statement as its log keeps and proves it. */
export interface RecordParts {
  /** The statement's exact bytes. */
  statement: Uint8Array;
  /** The entry's exact bytes. */
  entry: Uint8Array;
  /** C2SP tlog-proof v1, with the checkpoint and its cosignatures. */
  proof: string;
}

/** What a registry puts into a bundle. */
export interface BundleParts {
  /** Digest of the certificate's statement, which is among the records. */
  certificate: string;
  registry: BundleRegistry;
  /** The same registry, for each log that it kept before. */
  predecessors?: readonly BundleRegistry[];
  /** Every statement that bears on the certificate, in any order. */
  records: readonly RecordParts[];
  /** What the reader is entitled to; those that open nothing here are left out. */
  disclosures: readonly Disclosure[];
  /** The bundles on which the imports among the records rest: all that they hold is taken over. */
  imported?: readonly EvidenceBundle[];
}

/** A record with its place in its log and the size of the tree that proves it. */
interface Placed {
  record: BundleRecord;
  index: number;
  treeSize: number;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Puts a bundle together: each record once, in the order of origin and index, proved by the largest
 * checkpoint at hand; each registry once, as it stood last; the disclosures in the order of what
 * they open. The same parts make the same bytes. Throws `malformed-bundle` when two parts claim one
 * place in a log, or what reading an entry or a proof throws.
 */
export function assembleBundle(sha256: Sha256, parts: BundleParts): EvidenceBundle {
  const { certificate, registry, predecessors = [], imported = [] } = parts;
  const own = parts.records.map(recordOf);
  const records = uniqueRecords([...own, ...imported.flatMap((bundle) => bundle.records)]);
  const disclosures = [...parts.disclosures, ...imported.flatMap((bundle) => bundle.disclosures)];
  return {
    type: 'LodestoneEvidenceBundle',
    version: 1,
    certificate,
    registries: uniqueRegistries([...predecessors, registry], imported),
    records,
    disclosures: usefulDisclosures(sha256, records, disclosures),
  };
}

function recordOf({ statement, entry, proof }: RecordParts): BundleRecord {
  const { origin } = parseEntry(entry);
  return { origin, statement: base64.encode(statement), entry: decoder.decode(entry), proof };
}

function uniqueRecords(records: readonly BundleRecord[]): BundleRecord[] {
  const placed = new Map<string, Placed>();
  for (const each of records.map(place)) {
    const key = `${each.record.origin} ${each.index}`;
    const before = placed.get(key);
    if (before && !isSameLeaf(before.record, each.record))
      throw refuse('malformed-bundle', `Two entries claim index ${each.index} of a log: ${key}.`);
    if (!before || each.treeSize > before.treeSize) placed.set(key, each);
  }
  return [...placed.values()].sort(byPlace).map(({ record }) => record);
}

function place(record: BundleRecord): Placed {
  const { index } = parseTlogProof(record.proof);
  return { record, index, treeSize: treeSizeOf(record) };
}

function treeSizeOf({ proof }: BundleRecord): number {
  return parseCheckpoint(parseNote(parseTlogProof(proof).checkpoint).text).treeSize;
}

function isSameLeaf(a: BundleRecord, b: BundleRecord): boolean {
  return a.entry === b.entry && a.statement === b.statement;
}

function byPlace(a: Placed, b: Placed): number {
  if (a.record.origin !== b.record.origin) return a.record.origin < b.record.origin ? -1 : 1;
  return a.index - b.index;
}

/** This registry speaks for itself; of any other, the bundle that saw its log the furthest does. */
function uniqueRegistries(
  own: readonly BundleRegistry[],
  imported: readonly EvidenceBundle[],
): BundleRegistry[] {
  const latest = new Map<string, { registry: BundleRegistry; treeSize: number }>();
  for (const { registries, records } of imported)
    for (const registry of registries) {
      const ours = records.filter(({ origin }) => origin === registry.origin);
      const treeSize = Math.max(0, ...ours.map(treeSizeOf));
      const before = latest.get(registry.origin);
      if (!before || treeSize > before.treeSize)
        latest.set(registry.origin, { registry, treeSize });
    }
  for (const { origin } of own) latest.delete(origin);
  const others = [...latest.values()].map(({ registry }) => registry);
  return [...own, ...others].sort((a, b) => (a.origin < b.origin ? -1 : 1));
}

function usefulDisclosures(
  sha256: Sha256,
  records: readonly BundleRecord[],
  disclosures: readonly Disclosure[],
): Disclosure[] {
  const byDigest = new Map(
    disclosures.map((each) => [blindedDigest(sha256, each.salt, each.value), each] as const),
  );
  const index = indexDisclosures(sha256, [...byDigest.values()]);
  const used = new Set<string>();
  for (const { statement } of records) openWith(parseJson(base64.decode(statement)), index, used);
  return [...used].sort().map((digest) => byDigest.get(digest)!);
}
