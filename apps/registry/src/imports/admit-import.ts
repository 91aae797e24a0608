import { Injectable } from '@nestjs/common';
import {
  canonicalBytes,
  parseJson,
  statementIdentity,
  toHex,
  type Import,
  type Json,
} from '#lib/documents';
import type { VerifiedSubmission } from '#lib/keys';
import { refuse } from '#lib/problem';
import { Registry } from '../registry.js';
import type { Admission } from '../sequencer/sequencing.js';
import { AdmitStatement } from '../statements/admit-statement.js';
import { VerifyBundle } from '../verifications/verify-bundle.js';
import { bundleBytes } from './bundle-member.js';
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
  ) {}

  /**
   * Admits `{bundle, disclosures, statement}`. Sent again it gives the same receipt. Throws what a
   * submission throws, `malformed-bundle`, `evidence-rejected`, `release-not-for-this-registry`, and
   * what the decider of Import refuses.
   */
  async admit(body: Uint8Array): Promise<Admission> {
    const { bundle, ...submission } = membersOf(body);
    const evidence = bundleBytes(bundle, '/bundle');
    const read = await this.admitStatement.read(canonicalBytes(submission));
    const statement = requireImport(read);
    const before = await this.recorded(read);
    if (before) return before;
    const digest = this.requireEvidence(statement, evidence);
    await this.verifyBundle.require(evidence, '/credentialSubject/evidence');
    requireReleasedHere(this.registry, statement, evidence);
    const signed = await this.registry.sign(statement, await this.registry.timeNow());
    const { disclosures } = read.submission;
    const countersigned = canonicalBytes({ disclosures, statement: signed });
    return this.admitStatement.admit(countersigned, [{ digest, bytes: evidence }]);
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

  private requireEvidence({ credentialSubject }: Import, evidence: Uint8Array): string {
    const digest = toHex(this.registry.verifier.sha256(evidence));
    if (digest === credentialSubject.evidence) return digest;
    throw refuse(
      'evidence-rejected',
      `The statement cites the bundle ${credentialSubject.evidence}; the one sent is ${digest}.`,
      '/credentialSubject/evidence',
    );
  }
}

function membersOf(body: Uint8Array): { [name: string]: Json } {
  const value = parseJson(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refuse('schema-violation', 'The body is not a JSON object.', '');
}

function requireImport({ submission: { statement } }: VerifiedSubmission): Import {
  if (statement.type[1] === 'Import') return statement as Import;
  throw refuse('schema-violation', `The statement is a ${statement.type[1]}.`, '/type/1', {
    remedy: 'Send other statements to POST /statements.',
  });
}
