export {
  formatAddCheckpoint,
  formatWitnessedSize,
  parseAddCheckpoint,
  parseWitnessedSize,
  WITNESSED_SIZE_MEDIA_TYPE,
  type AddCheckpoint,
} from './add-checkpoint.js';
export {
  formatCheckpoint,
  isOrigin,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type Checkpoint,
  type OpenedCheckpoint,
} from './checkpoint.js';
export {
  cosignatureMessage,
  formatCosignature,
  parseCosignature,
  signCosignature,
  verifyCosignature,
  type Cosignature,
  type NoteSigner,
} from './cosignature.js';
export {
  formatEntry,
  NO_PREVIOUS,
  parseEntry,
  verifyChain,
  type ChainStart,
  type Entry,
} from './entry.js';
export { EntryHasher, type EntryParts } from './entry-hasher.js';
export { formatEntryBundle, MAX_ENTRY_SIZE, parseEntryBundle } from './entry-bundle.js';
export {
  appendLeafHashes,
  EMPTY_FRONTIER,
  formatFrontier,
  frontierRoot,
  parseFrontier,
  partialTiles,
  type Frontier,
  type Growth,
} from './frontier.js';
export {
  completeNodes,
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  type NodeId,
} from './leaf-ranges.js';
export type { TextSource } from './note-text.js';
export { openNote, signNote, type OpenedNote, type VerifiedSignature } from './open-note.js';
export { formatTlogPolicy, parseTlogPolicy } from './policy-file.js';
export {
  formatNote,
  formatSignatureLines,
  MAX_NOTE_SIGNATURES,
  MAX_NOTE_SIZE,
  parseNote,
  parseSignatureLines,
  type NoteSignature,
  type SignedNote,
} from './signed-note.js';
export {
  completedTiles,
  formatTile,
  parseTile,
  partialTileWidth,
  TILE_WIDTH,
  tileWidth,
  type Tile,
  type TileId,
  type TileSpan,
} from './tile.js';
export { TileMemory } from './tile-memory.js';
export { formatTilePath, parseTilePath, type TilePath } from './tile-path.js';
export {
  buildConsistencyProof,
  buildInclusionProof,
  buildInclusionProofs,
  buildRootHash,
  consistencyTiles,
  inclusionTiles,
  rootTiles,
  type TileReader,
} from './tile-proof.js';
export {
  evaluateQuorum,
  policyOfLog,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  type QuorumFinding,
  type TlogPolicy,
} from './tlog-policy.js';
export {
  formatTlogProof,
  parseTlogProof,
  verifyEntryProof,
  verifyTlogProof,
  type TlogProof,
  type TlogProofOptions,
} from './tlog-proof.js';
export { emptyRootHash, HASH_SIZE, hashesEqual, leafHash, nodeHash } from './tree-hash.js';
export {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './tree-proof.js';
export {
  formatVerifierKey,
  parseVerifierKey,
  SIGNATURE_TYPES,
  verifierKey,
  type SignatureType,
  type VerifierKey,
} from './verifier-key.js';
export {
  decideAddCheckpoint,
  openAddCheckpoint,
  originHash,
  type AddCheckpointDecision,
  type AddCheckpointRefusal,
  type SignedAddCheckpoint,
  type WitnessedTree,
} from './witness.js';
export {
  verifyCheckpoint,
  type Freshness,
  type WitnessCosignature,
  type WitnessedCheckpoint,
} from './witnessed-checkpoint.js';
