import { Injectable } from '@nestjs/common';
import type { Disclosure, Receipt, Statement, StatementType } from '#lib/documents';
import type { SessionParty } from '#lib/http';
import { refuse } from '#lib/problem';
import { DECIDERS } from '../deciders.js';
import { Mandates, seesAll } from '../ledger/mandates.js';
import { ledgerRecord, type LedgerRecord } from '../ledger/recorded-statement.js';
import { requireDigest } from '../log/read-log.js';
import { Registry } from '../registry.js';

/** A statement as it stands in the log, with what the reader may see of its blinded values. */
export interface StatementView {
  statement: Statement;
  disclosures: Disclosure[];
  receipt: Receipt;
}

/** What the public may read: who is registered for what, and the rules. All else is business. */
const PUBLIC_TYPES: readonly StatementType[] = [
  'RegistryGenesis',
  'PartyRegistration',
  'KeyRotation',
  'KeyRevocation',
  'Accreditation',
  'RulesetPublication',
  'Recognition',
];

/** Reads single statements under the reader's mandate. */
@Injectable()
export class ReadStatement {
  constructor(
    private readonly registry: Registry,
    private readonly mandates: Mandates,
  ) {}

  /** The statement of a digest. Throws `invalid-request`, `not-found` or `not-mandated`. */
  async read(digest: string, party: SessionParty | undefined): Promise<StatementView> {
    const { ledger, verifier } = this.registry;
    const found = await ledger.statementByDigest(requireDigest(digest));
    if (!found) throw refuse('not-found', `The log holds no statement ${digest}.`);
    const record = ledgerRecord(verifier.sha256, found);
    const isEntitled = await this.isEntitled(party, record);
    if (!isEntitled && !PUBLIC_TYPES.includes(record.statement.type[1]))
      throw refuse('not-mandated', `${party?.id ?? 'The public'} may not read this statement.`);
    return {
      statement: record.statement,
      disclosures: isEntitled ? record.disclosures : [],
      receipt: await this.registry.receipt(found),
    };
  }

  /** Its issuer and signers, whoever reads all, and who may read a batch that it touches. */
  private async isEntitled(
    party: SessionParty | undefined,
    record: LedgerRecord,
  ): Promise<boolean> {
    if (!party) return false;
    const { statement, signed } = record;
    if (seesAll(party) || statement.issuer === party.id) return true;
    if (signed.signers.some(({ did }) => did === party.id)) return true;
    const touched = DECIDERS[statement.type[1]].touches(signed);
    const batches = touched.filter((key) => key.startsWith('batch:'));
    return this.mandates.mayReadAny(
      party,
      batches.map((key) => key.slice('batch:'.length)),
    );
  }
}
