import { Injectable } from '@nestjs/common';
import { Registry } from '../registry.js';
import { ledgerRecord, type LedgerRecord } from './recorded-statement.js';

/** Entries per page of a key's history, and statements per query. */
const PAGE = 500;

/** The statements behind state keys, read from this registry's log. */
@Injectable()
export class LedgerHistory {
  constructor(private readonly registry: Registry) {}

  /** Every statement that touched any of the keys, in log order, each once. */
  async history(keys: readonly string[]): Promise<LedgerRecord[]> {
    const indexes = new Set<number>();
    for (const key of keys) for (const index of await this.indexesOf(key)) indexes.add(index);
    return this.statementsAt([...indexes].sort((a, b) => a - b));
  }

  /** The statements at those ascending indexes. */
  async statementsAt(indexes: readonly number[]): Promise<LedgerRecord[]> {
    const { ledger, identity, verifier } = this.registry;
    const records: LedgerRecord[] = [];
    for (let i = 0; i < indexes.length; i += PAGE)
      for (const found of await ledger.statementsAt(indexes.slice(i, i + PAGE)))
        records.push(ledgerRecord(verifier.sha256, identity.origin, found));
    return records;
  }

  private async indexesOf(key: string): Promise<number[]> {
    const indexes: number[] = [];
    let from = 0;
    for (;;) {
      const page = await this.registry.ledger.history(key, { from, limit: PAGE });
      indexes.push(...page);
      if (page.length < PAGE) return indexes;
      from = page.at(-1)! + 1;
    }
  }
}
