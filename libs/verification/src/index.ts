export { assembleBundle, type BundleParts, type RecordParts } from './assemble-bundle.js';
export { formatBundle, MAX_BUNDLE_SIZE, parseBundle } from './bundle.js';
export { certificateOf } from './exhibit.js';
export { inspectBundle, type InspectOptions } from './inspect-bundle.js';
export {
  CHECKS,
  type CertificateSummary,
  type Check,
  type CheckName,
  type CheckResult,
  type Report,
  type ReportAsOf,
} from './report.js';
export { parseTrust } from './trust.js';
