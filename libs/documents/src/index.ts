export { canonicalBytes, canonicalize, escapePointer, requireCanonical } from './canonical.js';
export type { Crypto, Sha256 } from './crypto.js';
export { fromHex, toHex } from './hex.js';
export { parseJson, type Json } from './json.js';
export type {
  At,
  Blinded,
  Decider,
  Disclosure,
  LineageEdge,
  Opened,
  Signed,
  Signer,
  StateView,
  StateWrite,
} from './statement.js';
