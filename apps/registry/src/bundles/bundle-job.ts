import {
  canonicalBytes,
  parseJson,
  toHex,
  type Certificate,
  type Json,
  type Opened,
  type Trust,
} from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { outcomeOf, type Outcome } from '#lib/problem';
import { certificateOf, inspectBundle, type Report } from '#lib/verification';
import { bundleBytes, parseBundleAt } from './bundle-member.js';
import { releasesIn, type Releases } from '../imports/releases.js';

/** A bundle that came inside another document: its exact bytes, and their SHA-256 in hex. */
export interface Enclosed {
  bytes: Uint8Array;
  digest: string;
}

/** A request body that may enclose a bundle, taken apart. */
export interface Envelope {
  /** RFC 8785 bytes of the body without its bundle. */
  rest: Uint8Array;
  isObject: boolean;
  bundle?: Enclosed;
}

/** Work on a bundle, by what it takes; plain data, as it crosses a thread. */
export interface BundleJobs {
  /** Judges exact bytes, as at an RFC 3339 time. */
  judge: { bytes: Uint8Array; trust: Trust; at: string };
  /** Takes a bundle out of a body. Throws `malformed-json`, `malformed-bundle`. */
  unwrap: { body: Uint8Array };
  /** Reads a bundle that stands at `/bundle`; the digest of its certificate. Throws `malformed-bundle`. */
  read: { bytes: Uint8Array };
  /** The certificate of a bundle that was accepted. */
  certificate: { bytes: Uint8Array };
  /** The releases in a bundle that stands at `/bundle`. Throws `malformed-bundle`. */
  releases: { bytes: Uint8Array };
}

/** What comes of each. */
export interface BundleResults {
  judge: Report;
  unwrap: Envelope;
  read: string;
  certificate: Opened<Certificate>;
  releases: Releases;
}

/** The name of a piece of work. */
export type BundleJobKind = keyof BundleJobs;

/** What any of them comes to. */
export type BundleResult = BundleResults[BundleJobKind];

/** One piece of work, as it crosses a thread. */
export type BundleJob = { [K in BundleJobKind]: { kind: K } & BundleJobs[K] }[BundleJobKind];

/** Does one piece of work; what it comes to crosses back as it is. */
export function runBundleJob(job: BundleJob): Promise<Outcome<BundleResult>> {
  return outcomeOf(() => resultOf(job));
}

function resultOf(job: BundleJob): BundleResult | Promise<BundleResult> {
  const { sha256 } = nodeCrypto;
  switch (job.kind) {
    case 'judge':
      return inspectBundle(nodeCrypto, job.bytes, job.trust, { at: job.at });
    case 'unwrap':
      return unwrap(job.body);
    case 'read':
      return parseBundleAt('/bundle', job.bytes).certificate;
    case 'certificate':
      return certificateOf(sha256, job.bytes);
    case 'releases':
      return releasesIn(sha256, parseBundleAt('/bundle', job.bytes));
  }
}

function unwrap(body: Uint8Array): Envelope {
  const value = parseJson(body);
  if (!isObject(value)) return { rest: canonicalBytes(value), isObject: false };
  const { bundle, ...rest } = value;
  const envelope = { rest: canonicalBytes(rest), isObject: true };
  if (bundle === undefined) return envelope;
  const bytes = bundleBytes(bundle, '/bundle');
  return { ...envelope, bundle: { bytes, digest: toHex(nodeCrypto.sha256(bytes)) } };
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
