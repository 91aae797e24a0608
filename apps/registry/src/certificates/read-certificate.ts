import { Injectable } from '@nestjs/common';
import type { Certificate, Disclosure, Receipt } from '#lib/documents';
import type { SessionParty } from '#lib/http';
import { certificateKey, type CertificateState } from '#lib/materials';
import { refuse } from '#lib/problem';
import { ledgerState } from '../ledger/ledger-state.js';
import { Mandates } from '../ledger/mandates.js';
import { ledgerRecord, type LedgerRecord } from '../ledger/recorded-statement.js';
import { Registry } from '../registry.js';

/** A certificate as it stands in the log, and how it stands now. */
export interface CertificateView {
  certificate: Certificate;
  /** What the reader may see of its blinded values. */
  disclosures: Disclosure[];
  receipt: Receipt;
  status: CertificateState['status'];
}

/** A certificate with its record and whether the reader may see its secrets. */
export interface FoundCertificate {
  state: CertificateState;
  record: LedgerRecord;
  isEntitled: boolean;
}

/** Finds certificates by their unguessable id. */
@Injectable()
export class ReadCertificate {
  constructor(
    private readonly registry: Registry,
    private readonly mandates: Mandates,
  ) {}

  /** The certificate for a reader. Throws `not-found`. */
  async read(id: string, party: SessionParty | undefined): Promise<CertificateView> {
    const { state, record, isEntitled } = await this.find(id, party);
    return {
      certificate: record.statement as Certificate,
      disclosures: isEntitled ? record.disclosures : [],
      receipt: await this.registry.receipt(record.at),
      status: state.status,
    };
  }

  /** By the full id, or by the 32 hexadecimal digits that end it. Throws `not-found`. */
  async find(id: string, party: SessionParty | undefined): Promise<FoundCertificate> {
    const { ledger, identity, verifier } = this.registry;
    const name = /^[0-9a-f]{32}$/.test(id) ? `${identity.did}/certificates/${id}` : id;
    const state = await ledgerState<CertificateState>(this.registry, certificateKey(name));
    if (!state) throw refuse('not-found', `This registry has issued no certificate ${id}.`);
    const [found] = await ledger.statementsAt([state.index], state.origin);
    if (!found) throw new Error(`State names entry ${state.index}, which the log does not hold`);
    return {
      state,
      record: ledgerRecord(verifier.sha256, found),
      isEntitled: await this.mandates.mayReadAny(party, [state.batch]),
    };
  }
}
