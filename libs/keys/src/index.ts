export { readKeyFile, writeKeyFile } from './key-file.js';
export { generateKey, signerOf, type KeyPair, type KeySigner } from './key-pair.js';
export { Keystore, type KeystoreOptions } from './keystore.js';
export { nodeCrypto } from './node-crypto.js';
export { KeyStorageError, type KeyStorageReason } from './private-file.js';
export type { PortableSubmission, VerifiedSubmission } from './verification-job.js';
export { VerifierPool, type VerifierPoolOptions } from './verifier-pool.js';
