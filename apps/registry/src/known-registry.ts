import type { DataSource } from 'typeorm';
import { parseStatement, type RegistryGenesis } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { REGISTRY_KEY, type LogKeyState, type RegistryState } from '#lib/materials';
import { LedgerReader, originsIn, poolOf, type FaultListener } from '#lib/store';

/** Which registry a database belongs to. */
export type KnownRegistry = Pick<
  RegistryState,
  'id' | 'name' | 'jurisdiction' | 'origin' | 'logKey' | 'authority'
> & {
  logKeys: LogKeyName[];
  /** The logs that it kept before, the oldest first. */
  predecessors: readonly { origin: string; logKeys: LogKeyName[] }[];
};

/** A verifier key of a log, as the database says. */
export type LogKeyName = Pick<LogKeyState, 'logKey'>;

/** What the ledger's state says of its registry; undefined before the genesis, or when it is lost. */
export async function registryInState(
  dataSource: DataSource,
  onFault: FaultListener,
): Promise<KnownRegistry | undefined> {
  // State spans the origins of one database, so the origin need not be known to read it.
  const state = await readerOf('', dataSource, onFault).state(REGISTRY_KEY);
  return state as KnownRegistry | undefined;
}

/** What the first entry of each log says, from which a lost state can be made again. */
export async function registryInLog(
  dataSource: DataSource,
  onFault: FaultListener,
): Promise<KnownRegistry | undefined> {
  const begun: KnownRegistry[] = [];
  for (const origin of await originsIn(poolOf(dataSource))) {
    const [genesis] = await readerOf(origin, dataSource, onFault).statementsAt([0]);
    if (genesis?.type !== 'RegistryGenesis') return undefined;
    const { statement } = parseStatement(nodeCrypto.sha256, genesis.bytes);
    const { credentialSubject } = statement as RegistryGenesis;
    const logKeys = [{ logKey: credentialSubject.logKey }];
    begun.push({ ...credentialSubject, logKeys, predecessors: [...begun] });
  }
  return begun.pop();
}

function readerOf(origin: string, dataSource: DataSource, onFault: FaultListener): LedgerReader {
  return new LedgerReader(poolOf(dataSource), { origin, crypto: nodeCrypto }, onFault);
}
