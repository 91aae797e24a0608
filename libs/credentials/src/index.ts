export { CREDENTIALS_V2, verifyCredentialRules } from './credential.js';
export {
  MAX_PROOFS,
  requireIssuerSigned,
  signDocument,
  verifyProof,
  verifyStatement,
  type ProofExpectation,
  type ProofSigner,
} from './data-integrity.js';
export { instantOf } from './date-time.js';
export {
  didResolver,
  isKeyValidAt,
  parseDidDocument,
  registryDidDocument,
  resolveDidKey,
  resolveVerificationMethod,
  type DidDocument,
  type KeyResolver,
  type RegistryKey,
  type VerificationMethod,
} from './did-document.js';
export {
  didKeyOf,
  didWebOf,
  didWebUrl,
  parseDid,
  parseVerificationMethod,
  verificationMethodOf,
  type ParsedDid,
  type VerificationMethodId,
} from './did.js';
export {
  createProof,
  unsecuredDocument,
  verifyEddsaJcs2022,
  type DataIntegrityProof,
  type ProofOptions,
  type ProofPurpose,
  type Sign,
  type UnsecuredDocument,
} from './eddsa-jcs-2022.js';
export { isAdmissibleSignature, requireRegistrableKey } from './ed25519-profile.js';
export { formatPublicKey, formatSecretKey, parsePublicKey, parseSecretKey } from './multikey.js';
export { nobleCrypto } from './noble-crypto.js';
export {
  presentationBy,
  verifyPresentation,
  type Presentation,
  type PresentationExpectation,
  type PresentationVerdict,
} from './presentation.js';
export {
  formatStatusList,
  inspectStatus,
  MIN_STATUS_ENTRIES,
  parseStatusList,
  statusEntry,
  statusListCredential,
  type StatusFinding,
  type StatusListCredential,
  type StatusListOptions,
  type StatusPurpose,
} from './status-list.js';
