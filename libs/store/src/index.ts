export { startEmbedded, type Embedded, type EmbeddedOptions } from './embedded/embedded.js';
export { SERVING_ROLE, ensureServingRole } from './embedded/roles.js';
export { createDataSource, poolOf, type Pool } from './schema/data-source.js';
export {
  ledgerOwnershipWarning,
  migrateDatabase,
  NewerSchemaError,
} from './schema/database-migration.js';
export { durabilityWarning } from './schema/durability.js';
export { logsOf, originsOf } from './ledger.js';
export type {
  Evidence,
  FaultListener,
  LedgerDeciders,
  LedgerItem,
  Log,
  PastLog,
  Receipt,
} from './ledger.js';
export { examineLog } from './log-examination.js';
export { freezeLog, openLog, originsIn } from './log-opening.js';
export type { LogHead } from './sequencer/log-head.js';
export { Sequencer, type SequencerOptions } from './sequencer/sequencer.js';
export {
  LogReader,
  type CheckpointPage,
  type LogStanding,
  type SignedTree,
} from './reader/log-reader.js';
export { LedgerReader, type HistoryPage, type RecordedStatement } from './reader/ledger-reader.js';
export { LineageReader, type Lineage, type RecordedEdge } from './reader/lineage-reader.js';
export type { AuditFinding, AuditedTable, FindingName } from './audit/audit-finding.js';
export { auditLedger, type AuditOptions, type AuditReport } from './audit/ledger-audit.js';
export type { FrozenHead, Replay, ReplayedStatement } from './audit/ledger-replay.js';
export type { WitnessVerifiers } from './audit/witness-audit.js';
export { rebuildProjections, type RebuildOptions } from './audit/projection-rebuild.js';
export { CosignatureStore, type StoredCosignature } from './witness/cosignature-store.js';
export {
  WitnessStore,
  type ForkEvidence,
  type HeldTree,
  type WitnessOutcome,
} from './witness/witness-store.js';
