import { Injectable } from '@nestjs/common';
import {
  canonicalBytes,
  toHex,
  type Certificate,
  type Disclosure,
  type Receipt,
} from '#lib/documents';
import type { SessionParty } from '#lib/http';
import { certificateKey, type CertificateState } from '#lib/materials';
import { Problem, refuse } from '#lib/problem';
import { parseCheckpoint, parseNote } from '#lib/tlog';
import { CONTEXT } from '../context.js';
import { ledgerState } from '../ledger/ledger-state.js';
import { Mandates } from '../ledger/mandates.js';
import { Registry } from '../registry.js';
import { AdmitStatement } from '../statements/admit-statement.js';
import { StatusRegister } from '../status/status-register.js';
import { draftCertificate, newCertificateId } from './certificate-draft.js';
import { DrawFacts } from './draw-facts.js';

/** A certificate as it was just recorded. */
export interface IssuedCertificate {
  certificate: Certificate;
  disclosures: Disclosure[];
  receipt: Receipt;
}

/** What others record while a certificate is drawn up may overtake it: it is then drawn up again, so often. */
const ATTEMPTS = 3;

/** Draws up the certificate of a batch from the ledger, signs it, and records it. */
@Injectable()
export class IssueCertificate {
  constructor(
    private readonly registry: Registry,
    private readonly mandates: Mandates,
    private readonly drawFacts: DrawFacts,
    private readonly status: StatusRegister,
    private readonly admitStatement: AdmitStatement,
  ) {}

  /**
   * Issues the certificate that custodian, owner or authority ask for, in the place of `supersedes`
   * when that is named. Throws `not-found`, `not-mandated`, `status-list-full`, and what the deciders
   * of Certificate and StatusChange refuse.
   */
  async issue(party: SessionParty, batch: string, supersedes?: string): Promise<IssuedCertificate> {
    const { custodian, owner } = await this.mandates.requireBatch(party, batch);
    if (!party.roles.includes('authority') && ![custodian, owner].includes(party.id))
      throw refuse('not-mandated', `${party.id} neither holds nor owns ${batch}.`, '/batch');
    const id = newCertificateId(this.registry.identity.did);
    // Drawn first: a certificate must not give way to one for which the lists have no place.
    let statusListIndex = await this.status.freeIndex();
    if (supersedes !== undefined) await this.supersede(batch, supersedes, id);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.record(id, batch, statusListIndex);
      } catch (error) {
        if (!isOvertaken(error) || attempt === ATTEMPTS) throw error;
        statusListIndex = await this.status.freeIndex();
      }
    }
  }

  private async record(
    id: string,
    batch: string,
    statusListIndex: number,
  ): Promise<IssuedCertificate> {
    const asOf = await this.treeHead();
    const { facts, records } = await this.drawFacts.draw(batch, asOf.treeSize);
    const draft = draftCertificate(this.registry, {
      id,
      subject: { ...facts, asOf } as Certificate['credentialSubject'],
      records,
      statusListIndex,
      validFrom: await this.registry.timeNow(),
    });
    const { statement, receipt } = await this.signAndAdmit(draft.statement, draft.disclosures);
    return { certificate: statement as Certificate, disclosures: draft.disclosures, receipt };
  }

  /** The certificate that is live now gives way first: a batch never has two. */
  private async supersede(batch: string, supersedes: string, by: string): Promise<void> {
    const { identity } = this.registry;
    const old = await ledgerState<CertificateState>(this.registry, certificateKey(supersedes));
    if (old?.batch !== batch)
      throw refuse(
        'reference-unknown',
        `${supersedes} is no certificate of ${batch}.`,
        '/supersedes',
      );
    const now = await this.registry.timeNow();
    await this.signAndAdmit(
      {
        '@context': CONTEXT,
        type: ['VerifiableCredential', 'StatusChange'],
        issuer: identity.did,
        validFrom: now,
        credentialSubject: {
          target: { kind: 'certificate', id: supersedes },
          action: 'supersede',
          reason: 'A later certificate of the same batch takes its place.',
          effectiveFrom: now,
          supersededBy: by,
        },
      },
      [],
    );
  }

  private async signAndAdmit(unsigned: object, disclosures: Disclosure[]) {
    const statement = await this.registry.sign(unsigned, await this.registry.timeNow());
    const { receipt } = await this.admitStatement.admit(canonicalBytes({ disclosures, statement }));
    return { statement, receipt };
  }

  private async treeHead(): Promise<Certificate['credentialSubject']['asOf']> {
    const note = parseNote(await this.registry.log.checkpoint());
    const { origin, treeSize, rootHash } = parseCheckpoint(note.text);
    return { origin, treeSize, rootHash: toHex(rootHash) };
  }
}

/** Whether the chain changed since its facts were read, or another process took the status index. */
function isOvertaken(error: unknown): boolean {
  return (
    error instanceof Problem &&
    (error.problem === 'certificate-stale' || error.problem === 'status-index-taken')
  );
}
