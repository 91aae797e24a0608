import { Injectable } from '@nestjs/common';
import { certificateFacts, replay, walkProvenance, type Provenance } from '#lib/materials';
import { DECIDERS } from '../deciders.js';
import { LedgerHistory } from '../ledger/ledger-history.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';

/** The facts about a batch, and the statements that say so. */
export interface DrawnFacts {
  facts: ReturnType<typeof certificateFacts>;
  records: readonly LedgerRecord[];
}

/** Everything in this log that bears on a batch. */
export interface BatchProvenance {
  provenance: Provenance;
  records: readonly LedgerRecord[];
}

/** Walks the ledger from a batch up to mines and intakes. */
@Injectable()
export class DrawFacts {
  constructor(private readonly ledgerHistory: LedgerHistory) {}

  /** What the first `treeSize` entries say of the batch, in the words of a certificate. */
  async draw(batch: string, treeSize: number): Promise<DrawnFacts> {
    const { provenance, records } = await this.walk(batch, treeSize);
    return { facts: certificateFacts(provenance, replay(provenance.records, DECIDERS)), records };
  }

  /** The provenance of a batch within the first `treeSize` entries, in log order. */
  async walk(batch: string, treeSize = Infinity): Promise<BatchProvenance> {
    const read = new Map<string, LedgerRecord>();
    const history = async (keys: readonly string[]) => {
      const found = await this.ledgerHistory.history(keys);
      const within = found.filter(({ at }) => at.index < treeSize);
      for (const record of within) read.set(record.signed.digest, record);
      return within;
    };
    const provenance = await walkProvenance({ history }, batch);
    const records = provenance.records.map(({ signed }) => read.get(signed.digest)!);
    return { provenance, records };
  }
}
