import { Injectable } from '@nestjs/common';
import type { Flag } from '#lib/documents';
import {
  batchKey,
  certificateFacts,
  isBeyond,
  replay,
  uniteFlags,
  walkProvenance,
  type BatchState,
  type Provenance,
} from '#lib/materials';
import { DECIDERS } from '../deciders.js';
import { LedgerHistory } from '../ledger/ledger-history.js';
import { ledgerState } from '../ledger/ledger-state.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';
import { Registry } from '../registry.js';

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
  constructor(
    private readonly registry: Registry,
    private readonly ledgerHistory: LedgerHistory,
  ) {}

  /** What the first `treeSize` entries, and any log before, say of the batch, in the words of a certificate. */
  async draw(batch: string, treeSize: number): Promise<DrawnFacts> {
    const { provenance, records } = await this.walk(batch, treeSize);
    const facts = certificateFacts(provenance, replay(provenance.records, DECIDERS));
    return { facts: { ...facts, flags: await this.flags(batch, facts.flags) }, records };
  }

  /** A plant over its capacity shows only in all that it made, so that flag comes from the state. */
  private async flags(batch: string, drawn: readonly Flag[]): Promise<Flag[]> {
    const { flags = [] } = (await ledgerState<BatchState>(this.registry, batchKey(batch))) ?? {};
    return uniteFlags([...drawn, ...flags.filter(({ kind }) => kind === 'capacity-exceeded')]);
  }

  /** The provenance of a batch up to the first `treeSize` entries of the log, in their order. */
  async walk(batch: string, treeSize = Infinity): Promise<BatchProvenance> {
    const { origin } = this.registry.identity;
    const read = new Map<string, LedgerRecord>();
    const history = async (keys: readonly string[]) => {
      const found = await this.ledgerHistory.history(keys);
      const within = found.filter(({ at }) => !isBeyond(at, { origin, treeSize }));
      for (const record of within) read.set(record.signed.digest, record);
      return within;
    };
    const provenance = await walkProvenance({ history }, batch);
    const records = provenance.records.map(({ signed }) => read.get(signed.digest)!);
    return { provenance, records };
  }
}
