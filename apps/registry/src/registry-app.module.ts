import { Module, type DynamicModule } from '@nestjs/common';
import { HttpModule, Sessions } from '#lib/http';
import { AssessCertificate } from './assessments/assess-certificate.js';
import { AssessmentsController } from './assessments/assessments.controller.js';
import { BatchesController } from './batches/batches.controller.js';
import { TraceBatch } from './batches/trace-batch.js';
import { BundleLimit } from './bundles/bundle-limit.js';
import { BundleThreads } from './bundles/bundle-threads.js';
import { OpenEnvelope } from './bundles/open-envelope.js';
import { CertificatesController } from './certificates/certificates.controller.js';
import { DrawFacts } from './certificates/draw-facts.js';
import { GatherBundle } from './certificates/gather-bundle.js';
import { IssueCertificate } from './certificates/issue-certificate.js';
import { ReadCertificate } from './certificates/read-certificate.js';
import { RegistryBlocks } from './certificates/registry-blocks.js';
import { HealthController } from './health/health.controller.js';
import { MetricsController } from './health/metrics.controller.js';
import { ReadHealth } from './health/read-health.js';
import { IdentityController } from './identity/identity.controller.js';
import { KnownTrust } from './identity/known-trust.js';
import { PresentIdentity } from './identity/present-identity.js';
import { AdmitImport } from './imports/admit-import.js';
import { ImportsController } from './imports/imports.controller.js';
import { RefuseImport } from './imports/refuse-import.js';
import { LedgerHistory } from './ledger/ledger-history.js';
import { Mandates } from './ledger/mandates.js';
import { LogController } from './log/log.controller.js';
import { LogProofsController } from './log/log-proofs.controller.js';
import { LogsController } from './log/logs.controller.js';
import { OwnLogs } from './log/own-logs.js';
import { ReadLog } from './log/read-log.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { FrontDoorController } from './openapi/front-door.controller.js';
import { PartiesController } from './parties/parties.controller.js';
import { ReadParty } from './parties/read-party.js';
import { ProblemsController } from './problems/problems.controller.js';
import { Registry } from './registry.js';
import { RulesetLibrary } from './rulesets/ruleset-library.js';
import { RulesetsController } from './rulesets/rulesets.controller.js';
import { LedgerParties } from './sessions/ledger-parties.js';
import { OpenSession } from './sessions/open-session.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { AdmitStatement } from './statements/admit-statement.js';
import { ReadStatement } from './statements/read-statement.js';
import { StatementsController } from './statements/statements.controller.js';
import { StatusController } from './status/status.controller.js';
import { StatusRegister } from './status/status-register.js';
import { VerificationsController } from './verifications/verifications.controller.js';
import { VerifyBundle } from './verifications/verify-bundle.js';
import { CosignCheckpoint } from './witness/cosign-checkpoint.js';
import { PresentWitness } from './witness/present-witness.js';
import { WitnessController } from './witness/witness.controller.js';

/** The service's table of contents: one controller per aggregate, one file per use case. */
@Module({
  controllers: [
    StatementsController,
    CertificatesController,
    ImportsController,
    VerificationsController,
    AssessmentsController,
    BatchesController,
    RulesetsController,
    PartiesController,
    LogController,
    WitnessController,
    LogProofsController,
    LogsController,
    StatusController,
    IdentityController,
    SessionsController,
    ProblemsController,
    HealthController,
    MetricsController,
    OpenApiController,
    FrontDoorController,
  ],
  providers: [
    AdmitStatement,
    ReadStatement,
    IssueCertificate,
    ReadCertificate,
    GatherBundle,
    RegistryBlocks,
    DrawFacts,
    AdmitImport,
    RefuseImport,
    BundleThreads,
    BundleLimit,
    OpenEnvelope,
    VerifyBundle,
    AssessCertificate,
    TraceBatch,
    RulesetLibrary,
    ReadParty,
    OwnLogs,
    ReadLog,
    CosignCheckpoint,
    PresentWitness,
    ReadHealth,
    StatusRegister,
    PresentIdentity,
    KnownTrust,
    OpenSession,
    LedgerHistory,
    Mandates,
  ],
})
export class RegistryAppModule {
  /** The service over a registry that is already open. */
  static with(registry: Registry): DynamicModule {
    const sessions = new Sessions(registry.sessionSecret, registry.identity.domain);
    return {
      module: RegistryAppModule,
      imports: [HttpModule.with(sessions, new LedgerParties(registry.ledger))],
      providers: [{ provide: Registry, useValue: registry }],
    };
  }
}
