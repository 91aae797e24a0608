import type { DataSource } from 'typeorm';
import { parseStatement, type RegistryGenesis } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { REGISTRY_KEY, type RegistryState } from '#lib/materials';
import { LedgerReader, poolOf, type FaultListener } from '#lib/store';

/** Which registry a database belongs to. */
export type KnownRegistry = Pick<
  RegistryState,
  'id' | 'name' | 'jurisdiction' | 'origin' | 'logKey' | 'authority'
>;

/** What the ledger's state says of its registry; undefined before the genesis, or when it is lost. */
export async function registryInState(
  dataSource: DataSource,
  onFault: FaultListener,
): Promise<KnownRegistry | undefined> {
  // State spans the origins of one database, so the origin need not be known to read it.
  const state = await readerOf('', dataSource, onFault).state(REGISTRY_KEY);
  return state as KnownRegistry | undefined;
}

/** What entry 0 of the newest log says, from which a lost state can be made again. */
export async function registryInLog(
  dataSource: DataSource,
  onFault: FaultListener,
): Promise<KnownRegistry | undefined> {
  const { rows } = await poolOf(dataSource).query<{ origin: string }>(
    'SELECT origin FROM log_head WHERE size > 0 ORDER BY recorded_at DESC LIMIT 1',
  );
  const origin = rows[0]?.origin;
  if (origin === undefined) return undefined;
  const [genesis] = await readerOf(origin, dataSource, onFault).statementsAt([0]);
  if (genesis?.type !== 'RegistryGenesis') return undefined;
  const { statement } = parseStatement(nodeCrypto.sha256, genesis.bytes);
  return (statement as RegistryGenesis).credentialSubject;
}

function readerOf(origin: string, dataSource: DataSource, onFault: FaultListener): LedgerReader {
  return new LedgerReader(poolOf(dataSource), { origin, crypto: nodeCrypto }, onFault);
}
