import { Injectable } from '@nestjs/common';
import type { Assessment, Certificate, Signed } from '#lib/documents';
import type { SessionParty } from '#lib/http';
import { refuse } from '#lib/problem';
import { assessAll, type AssessmentContext } from '#lib/rules';
import type { Enclosed } from '../bundles/bundle-job.js';
import { BundleLimit } from '../bundles/bundle-limit.js';
import { BundleThreads } from '../bundles/bundle-threads.js';
import { OpenEnvelope } from '../bundles/open-envelope.js';
import { ReadCertificate } from '../certificates/read-certificate.js';
import { Registry } from '../registry.js';
import { RulesetLibrary } from '../rulesets/ruleset-library.js';
import { VerifyBundle } from '../verifications/verify-bundle.js';
import { AssessmentRequest } from './assessment-request.js';

type OpenedCertificate = Pick<Signed<Certificate>, 'statement' | 'digest'>;

/** Judges a certificate by rulesets; the facts are certified, the claims are the asker's own. */
@Injectable()
export class AssessCertificate {
  constructor(
    private readonly registry: Registry,
    private readonly library: RulesetLibrary,
    private readonly readCertificate: ReadCertificate,
    private readonly verifyBundle: VerifyBundle,
    private readonly openEnvelope: OpenEnvelope,
    private readonly threads: BundleThreads,
    private readonly limit: BundleLimit,
  ) {}

  /**
   * The assessment of the certificate or bundle in a request. Throws `invalid-request` unless there
   * is exactly one, `not-found`, `ruleset-not-in-force`, `malformed-bundle`, `evidence-rejected`.
   */
  async assess(body: Uint8Array, party?: SessionParty): Promise<Assessment> {
    const { request, bundle } = await this.openEnvelope.read(AssessmentRequest, body);
    const { governing, claims, parameters } = request;
    const rulesets = await this.library.choose(governing.date, request.rulesets);
    const certificate = await this.certificateIn(request, bundle, party);
    const context = {
      governing: { ...governing },
      ...(claims === undefined ? {} : { claims }),
      ...(parameters === undefined ? {} : { parameters }),
    } as AssessmentContext;
    return assessAll(this.registry.verifier.sha256, rulesets, certificate, context);
  }

  private async certificateIn(
    { certificate }: AssessmentRequest,
    bundle: Enclosed | undefined,
    party: SessionParty | undefined,
  ): Promise<OpenedCertificate> {
    if ((certificate === undefined) === (bundle === undefined))
      throw refuse('invalid-request', 'Send either a certificate or a bundle.', '/certificate');
    if (certificate === undefined) return this.certificateOfBundle(bundle!.bytes);
    const { record } = await this.readCertificate.find(certificate, party);
    return record.signed as OpenedCertificate;
  }

  /** Facts that nobody proved are not judged: a verdict on them would be worth nothing. */
  private async certificateOfBundle(bytes: Uint8Array): Promise<OpenedCertificate> {
    const digest = await this.limit.run(() => this.threads.run('read', { bytes }));
    await this.verifyBundle.require(bytes, '/bundle');
    return { statement: await this.threads.run('certificate', { bytes }), digest };
  }
}
