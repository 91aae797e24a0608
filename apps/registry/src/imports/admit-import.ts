import { Injectable } from '@nestjs/common';
import { canonicalBytes, statementIdentity, type Import } from '#lib/documents';
import type { VerifiedSubmission } from '#lib/keys';
import { refuse } from '#lib/problem';
import type { Enclosed } from '../bundles/bundle-job.js';
import { BundleThreads } from '../bundles/bundle-threads.js';
import { OpenEnvelope } from '../bundles/open-envelope.js';
import { Registry } from '../registry.js';
import type { Admission } from '../sequencer/sequencing.js';
import { AdmitStatement } from '../statements/admit-statement.js';
import { VerifyBundle } from '../verifications/verify-bundle.js';
import { requireReleasedHere } from './import-evidence.js';

/**
 * Admits an Import: the importer has signed it, and this registry signs it too once the evidence of
 * the home registry holds and says what the statement says.
 */
@Injectable()
export class AdmitImport {
  constructor(
    private readonly registry: Registry,
    private readonly verifyBundle: VerifyBundle,
    private readonly admitStatement: AdmitStatement,
    private readonly openEnvelope: OpenEnvelope,
    private readonly threads: BundleThreads,
  ) {}

  /**
   * Admits `{bundle, disclosures, statement}`. Sent again it gives the same receipt. Throws what a
   * submission throws, `malformed-bundle`, `evidence-rejected`, `release-not-for-this-registry`, and
   * what the decider of Import refuses.
   */
  async admit(body: Uint8Array): Promise<Admission> {
    const { rest, isObject, bundle: evidence } = await this.openEnvelope.open(body);
    if (!isObject) throw refuse('schema-violation', 'The body is not a JSON object.', '');
    if (!evidence) throw refuse('malformed-bundle', 'The body holds no bundle.', '/bundle');
    const read = await this.admitStatement.read(rest);
    const statement = requireImport(read);
    const before = await this.recorded(read);
    if (before) return before;
    requireEvidence(statement, evidence);
    const { bytes } = evidence;
    await this.verifyBundle.require(bytes, '/credentialSubject/evidence');
    requireReleasedHere(this.registry, statement, await this.threads.run('releases', { bytes }));
    const signed = await this.registry.sign(statement, await this.registry.timeNow());
    const { disclosures } = read.submission;
    const countersigned = canonicalBytes({ disclosures, statement: signed });
    return this.admitStatement.admit(countersigned, [evidence]);
  }

  /** Our own signature differs each time; the identity, of the payload and its signers, does not. */
  private async recorded({
    submission,
    signers,
  }: VerifiedSubmission): Promise<Admission | undefined> {
    const { verifier, keys, ledger } = this.registry;
    const theirs = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
    // It may have been recorded before our key was rotated.
    for (const { publicKeyMultibase } of keys.signers) {
      const all = [...theirs, publicKeyMultibase];
      const identity = statementIdentity(verifier.sha256, submission.statement, all);
      const found = await ledger.statementByIdentity(identity);
      if (found) return { receipt: await this.registry.receipt(found), isNew: false };
    }
    return undefined;
  }
}

function requireEvidence({ credentialSubject }: Import, { digest }: Enclosed): void {
  if (digest === credentialSubject.evidence) return;
  throw refuse(
    'evidence-rejected',
    `The statement cites the bundle ${credentialSubject.evidence}; the one sent is ${digest}.`,
    '/credentialSubject/evidence',
  );
}

function requireImport({ submission: { statement } }: VerifiedSubmission): Import {
  if (statement.type[1] === 'Import') return statement as Import;
  throw refuse('schema-violation', `The statement is a ${statement.type[1]}.`, '/type/1', {
    remedy: 'Send other statements to POST /statements.',
  });
}
