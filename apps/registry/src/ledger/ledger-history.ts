import { Injectable } from '@nestjs/common';
import { Registry } from '../registry.js';
import { ledgerRecord, type LedgerRecord } from './recorded-statement.js';

/** Entries per page of a key's history, and statements per query. */
const PAGE = 500;

/** The statements behind state keys, read from all logs of this registry. */
@Injectable()
export class LedgerHistory {
  constructor(private readonly registry: Registry) {}

  /** Every statement that touched any of the keys, in the order of recording, each once. */
  async history(keys: readonly string[]): Promise<LedgerRecord[]> {
    const records: LedgerRecord[] = [];
    for (const origin of this.registry.ledger.origins) {
      const indexes = new Set<number>();
      for (const key of keys)
        for (const index of await this.indexesOf(key, origin)) indexes.add(index);
      const ascending = [...indexes].sort((a, b) => a - b);
      records.push(...(await this.statementsAt(ascending, origin)));
    }
    return records;
  }

  private async statementsAt(indexes: readonly number[], origin: string): Promise<LedgerRecord[]> {
    const { ledger, verifier } = this.registry;
    const records: LedgerRecord[] = [];
    for (let i = 0; i < indexes.length; i += PAGE)
      for (const found of await ledger.statementsAt(indexes.slice(i, i + PAGE), origin))
        records.push(ledgerRecord(verifier.sha256, found));
    return records;
  }

  private async indexesOf(key: string, origin: string): Promise<number[]> {
    const indexes: number[] = [];
    let from = 0;
    for (;;) {
      const page = await this.registry.ledger.history(key, { origin, from, limit: PAGE });
      indexes.push(...page);
      if (page.length < PAGE) return indexes;
      from = page.at(-1)! + 1;
    }
  }
}
