import { Injectable } from '@nestjs/common';
import {
  canonicalBytes,
  type Receipt,
  type Signed,
  type Statement,
  type Submission,
} from '#lib/documents';
import type { VerifiedSubmission } from '#lib/keys';
import type { Evidence } from '#lib/store';
import { isNewlyRecorded } from '../deciders.js';
import { Registry } from '../registry.js';
import { formatReceipt } from './receipt.js';
import { webKeysNamedIn } from './web-keys.js';

/** What came of a submission: its receipt, and whether it was recorded just now. */
export interface Admission {
  receipt: Receipt;
  isNew: boolean;
}

/** The one road into the ledger: read, authentic, allowed and consistent, sequenced, answered. */
@Injectable()
export class AdmitStatement {
  constructor(private readonly registry: Registry) {}

  /**
   * Admits the exact bytes of a submission. Throws what reading and verifying it throws, what its
   * decider refuses, or what the sequencer cannot do.
   */
  async admit(body: Uint8Array, evidence: readonly Evidence[] = []): Promise<Admission> {
    return this.record(await this.read(body), evidence);
  }

  /** Reads a submission and verifies its proofs, off the event loop. */
  read(body: Uint8Array): Promise<VerifiedSubmission> {
    return this.registry.verifier.readSubmission(body, webKeysNamedIn(body));
  }

  /** Records what was read; the deciders of its type judge it inside the ledger's transaction. */
  async record(read: VerifiedSubmission, evidence: readonly Evidence[] = []): Promise<Admission> {
    const { submission, identity } = read;
    const signed = signedOf(read);
    const receipt = await this.registry.sequencer.append({
      type: signed.type,
      digest: submission.digest,
      identity,
      bytes: submission.bytes,
      disclosures: disclosureBytes(submission),
      signed,
      evidence,
    });
    return { receipt: formatReceipt(receipt), isNew: isNewlyRecorded(signed) };
  }
}

/** The statement as its decider reads it. */
export function signedOf({ submission, signers, identity }: VerifiedSubmission): Signed<Statement> {
  const { opened, digest } = submission;
  return { statement: opened, type: opened.type[1], digest, identity, signers };
}

function disclosureBytes({ disclosures }: Submission): Uint8Array | null {
  return disclosures.length > 0 ? canonicalBytes(disclosures) : null;
}
