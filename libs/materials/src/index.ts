export { requireAccreditation, type AccreditationState } from './accreditation.js';
export {
  isInTransit,
  newBatch,
  readBatch,
  requireActive,
  requireBatch,
  requireNewBatch,
  requireUsable,
  type BatchDescription,
  type BatchRelease,
  type BatchState,
} from './batch.js';
export { isLive, readCertificate, type CertificateState } from './certificate.js';
export {
  contentFractions,
  contentsOf,
  elementsOf,
  inputMilligrams,
  outputMilligrams,
  type Contents,
} from './composition.js';
export { isStronger, strongestClaim } from './custody-model.js';
export { MATERIAL_DECIDERS } from './deciders.js';
export { atomicWeight, BALANCED_ELEMENTS, RARE_EARTHS } from './element.js';
export { requireFacility, type FacilityState } from './facility.js';
export {
  declinedKey,
  importKey,
  requireOpenRelease,
  type DeclinedState,
  type ImportState,
} from './foreign-release.js';
export {
  firstDateAt,
  instant,
  isBefore,
  lastDateAt,
  laterOf,
  requireOrder,
  requirePast,
} from './instant.js';
export {
  firstKeyOf,
  isValidAt,
  readKey,
  requireSigner,
  signerKeys,
  type KeyState,
  type SignerRequirement,
} from './key.js';
export { type OfferState } from './offer.js';
export { uniteOrigins } from './origin-claims.js';
export { requireParty, requireScope, type PartyState } from './party.js';
export {
  formatKilograms,
  formatMass,
  parseDraw,
  parseMass,
  type Mass,
  type MassBasis,
} from './quantity.js';
export { compare, parseDecimal, type Rational } from './rational.js';
export {
  isHomeAuthority,
  isOwnLog,
  requireRegistry,
  type LogKeyState,
  type PastLog,
  type RegistryState,
  type YieldBand,
} from './registry.js';
export { goodStanding, stoodOn, type Standing } from './standing.js';
export {
  aboutKey,
  accreditationKey,
  batchKey,
  certificateKey,
  facilityKey,
  keyKey,
  lotKey,
  offerKey,
  outputKey,
  partyKey,
  readState,
  REGISTRY_KEY,
  scopeOf,
  successorKey,
  writeState,
} from './state-key.js';
export { statusIndexKey } from './status-index.js';
export { elementFractions, parseFormula, type FormulaPart } from './substance.js';
export { DEFAULT_YIELD_BANDS, inspectYield, type YieldFinding } from './yield-band.js';
export { uniteFlags } from './flag.js';
export { comparePlaces, isBeyond, placeOf, type LogPlace } from './log-place.js';
export { certificateFacts, type CertificateFacts } from './facts.js';
export { type History } from './provenance/material.js';
export { walkProvenance, type Provenance } from './provenance/provenance.js';
export { inLogOrder, isOf, recordsOf, type Recorded, type RecordedAs } from './recorded.js';
export { replay } from './replay.js';
