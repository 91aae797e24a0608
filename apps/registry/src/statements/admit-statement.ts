import { Injectable } from '@nestjs/common';
import type { PortableSubmission } from '#lib/keys';
import type { Evidence } from '#lib/store';
import { Registry } from '../registry.js';
import type { Admission } from '../sequencer/sequencing.js';
import { webKeysNamedIn } from './web-keys.js';

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
  read(body: Uint8Array): Promise<PortableSubmission> {
    return this.registry.verifier.readSubmission(body, webKeysNamedIn(body));
  }

  /** Records what was read; the deciders of its type judge it inside the ledger's transaction. */
  record(read: PortableSubmission, evidence: readonly Evidence[] = []): Promise<Admission> {
    const { submission, identity, signers, openedText, disclosureBytes } = read;
    const { bytes, digest } = submission;
    const verified = { bytes, digest, identity, signers, openedText, disclosureBytes, evidence };
    return this.registry.sequencer.append(verified);
  }
}
