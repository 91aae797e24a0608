import { Injectable } from '@nestjs/common';
import type { BundleRegistry, RegistryGenesis } from '#lib/documents';
import { isOf } from '#lib/materials';
import { PresentIdentity } from '../identity/present-identity.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';
import { Registry } from '../registry.js';
import { StatusRegister } from '../status/status-register.js';

/** What a bundle says of this registry: once for the newest of its logs, and for each before. */
export interface OwnBlocks {
  registry: BundleRegistry;
  predecessors: BundleRegistry[];
}

/** Describes this registry in the bundles that it hands out. */
@Injectable()
export class RegistryBlocks {
  constructor(
    private readonly registry: Registry,
    private readonly identity: PresentIdentity,
    private readonly status: StatusRegister,
  ) {}

  /** The blocks for the logs of these records, whose geneses are among them. */
  async blocks(records: readonly LedgerRecord[]): Promise<OwnBlocks> {
    const { did, jurisdiction, origin } = this.registry.identity;
    const didDocument = await this.identity.didDocument();
    const blocks = await Promise.all(
      records.flatMap(({ at, statement }) =>
        at.index !== 0
          ? []
          : this.block(statement as RegistryGenesis, records, {
              registry: did,
              jurisdiction,
              didDocument: didDocument as unknown as BundleRegistry['didDocument'],
            }),
      ),
    );
    const lists = [await this.status.list('revocation'), await this.status.list('suspension')];
    const newest = blocks.find((block) => block.origin === origin);
    if (!newest) throw new Error(`The genesis of ${origin} is not among the records of a bundle`);
    return {
      registry: { ...newest, statusLists: lists as BundleRegistry['statusLists'] },
      predecessors: blocks.filter((block) => block !== newest),
    };
  }

  private async block(
    { credentialSubject: { origin, logKey } }: RegistryGenesis,
    records: readonly LedgerRecord[],
    common: Pick<BundleRegistry, 'registry' | 'jurisdiction' | 'didDocument'>,
  ): Promise<BundleRegistry> {
    const logKeyProofs = await this.logKeyProofs(origin, records);
    const proofs = logKeyProofs.length > 0 ? { logKeyProofs } : {};
    return { ...common, origin, logKey, statusLists: [], ...proofs };
  }

  /** The first checkpoint over a rotation is signed by the key that was there before it. */
  private async logKeyProofs(origin: string, records: readonly LedgerRecord[]): Promise<string[]> {
    const proofs: string[] = [];
    for (const record of records) {
      if (record.at.origin !== origin || !isOf(record, 'KeyRotation')) continue;
      if (record.signed.statement.credentialSubject.logKeys?.add.length)
        proofs.push((await this.registry.receipt(record.at)).proof);
    }
    return proofs;
  }
}
