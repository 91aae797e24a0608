import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { didWebOf } from '#lib/credentials';
import { nodeCrypto, VerifierPool } from '#lib/keys';
import { REGISTRY_KEY } from '#lib/materials';
import { Problem } from '#lib/problem';
import {
  createDataSource,
  LedgerReader,
  LogReader,
  logsOf,
  openLog,
  poolOf,
  type FaultListener,
  type Log,
  type Pool,
} from '#lib/store';
import { formatVerifierKey } from '#lib/tlog';
import {
  baseUrlOf,
  ConfigurationError,
  type Configuration,
  type DatabaseAddress,
} from './configuration.js';
import { genesisSubmission, identityOf, originOf } from './genesis.js';
import { KeyRing } from './key-ring.js';
import { registryInLog, registryInState, type KnownRegistry } from './known-registry.js';
import {
  firstAuthority,
  foundedAuthority,
  keystoreFile,
  sessionSecret,
  type FirstAuthority,
} from './registry-keys.js';
import { SeenTree } from './log/seen-tree.js';
import { logOf, pastLog } from './own-log.js';
import { Registry } from './registry.js';
import { startSequencing } from './sequencer/start-sequencing.js';
import { AdmitStatement } from './statements/admit-statement.js';
import { cosignerOf } from './witness/cosigner-key.js';
import { Witnessing } from './witness/witnessing.js';
import { WitnessPolicy } from './witness/witness-policy.js';
import { WriteGate } from './witness/write-gate.js';

/** A registry that can serve, and who may register others there. */
export interface OpenedRegistry {
  registry: Registry;
  authority: FirstAuthority;
}

/**
 * Opens the registry that the database holds, or founds it: keys, log and genesis. Throws
 * ConfigurationError when database, keystore and settings are not of one registry.
 */
export async function openRegistry(
  configuration: Configuration,
  database: Pick<DatabaseAddress, 'url'>,
  logger: Logger,
): Promise<OpenedRegistry> {
  const dataSource = createDataSource(database.url);
  await dataSource.initialize();
  try {
    const known = await foundedRegistry(dataSource, faultsTo(logger));
    if (known) requireSameRegistry(known, configuration);
    const authority = known
      ? foundedAuthority(configuration, known.authority)
      : firstAuthority(configuration);
    const registry = await assemble(configuration, database.url, dataSource, known, logger);
    registry.followKeys(faultsTo(logger));
    await registry.witnessing.start();
    if (!known) await found(registry, authority.did);
    return { registry, authority };
  } catch (fault) {
    await dataSource.destroy();
    throw fault;
  }
}

async function assemble(
  configuration: Configuration,
  databaseUrl: string,
  dataSource: DataSource,
  known: KnownRegistry | undefined,
  logger: Logger,
): Promise<Registry> {
  const domain = known ? domainOf(known) : foundingDomain(configuration);
  const pool = poolOf(dataSource);
  const onFault = faultsTo(logger);
  const keys = await openKeyRing(configuration, dataSource, domain, known, onFault);
  const log = logOf(known?.origin ?? originOf(domain), keys, known?.predecessors);
  const vkey = known?.logKey ?? keys.newestLogKey;
  const identity = identityOf(domain, { ...(known ?? configuration), origin: log.origin }, vkey);
  const policy = await WitnessPolicy.open(configuration.policyFile, logger);
  await openOwnLog(pool, log);
  const verifier = new VerifierPool();
  const gate = new WriteGate(logger);
  const cosigner = cosignerOf(domain, keys.keystore.signer('witness'));
  const reader = new LogReader(pool, log, onFault);
  const seen = { configuration, pool, log, reader, crypto: verifier, cosigner };
  const witnessing = new Witnessing({ ...seen, policy, gate, logger });
  const past = logsOf(log).slice(0, -1);
  const seenTree = new SeenTree();
  return new Registry({
    identity,
    verifier,
    sequencer: startSequencing({
      configuration,
      databaseUrl,
      did: identity.did,
      pool,
      log,
      gate,
      onFault,
      onCommit: (tree) => {
        seenTree.see(tree);
        witnessing.cosigners.wake();
      },
    }),
    ownLog: log,
    logs: new Map([
      ...past.map((each) => [each.origin, pastLog(pool, each, verifier, policy, onFault)] as const),
      [log.origin, { reader, witnessed: witnessing.log }] as const,
    ]),
    seenTree,
    witnessing,
    ledger: new LedgerReader(pool, log, onFault),
    dataSource,
    keys,
    sessionSecret: sessionSecret(keys.keystore),
  });
}

/** The registry's keys; throws ConfigurationError when they are not those of the database. */
async function openKeyRing(
  configuration: Configuration,
  dataSource: DataSource,
  domain: string,
  known: KnownRegistry | undefined,
  onFault: FaultListener,
): Promise<KeyRing> {
  const origin = known?.origin ?? originOf(domain);
  const reader = new LedgerReader(poolOf(dataSource), { origin, crypto: nodeCrypto }, onFault);
  const names = { did: known?.id ?? didWebOf(baseUrlOf(domain)), origin };
  const keys = await KeyRing.open(configuration, names, (each) => reader.states(each));
  const held = keys.keysOf(origin).map(formatVerifierKey);
  if (!known || held.includes(known.logKey)) return keys;
  throw new ConfigurationError(
    `${keystoreFile(configuration)} does not hold the log key of ${known.id}: restore the keystore that belongs to this database.`,
  );
}

/** Opens the log, or says what the operator must mend first. */
async function openOwnLog(pool: Pool, log: Log): Promise<void> {
  try {
    await openLog(pool, log);
  } catch (error) {
    if (!(error instanceof Problem) || error.problem !== 'log-read-only') throw error;
    throw new ConfigurationError(
      `${error.details.detail} Nothing was signed. Check that database and keystore belong together, and run lodestone audit.`,
    );
  }
}

function faultsTo(logger: Logger): FaultListener {
  return (fault) => logger.error(fault, 'fault in the ledger');
}

/** What the database already says that it is the registry of; undefined when it is new. */
async function foundedRegistry(
  dataSource: DataSource,
  onFault: FaultListener,
): Promise<KnownRegistry | undefined> {
  const known = await registryInState(dataSource, onFault);
  const inLog = known ? undefined : await registryInLog(dataSource, onFault);
  if (!inLog) return known;
  // Another process may have founded it between the two looks.
  const since = await registryInState(dataSource, onFault);
  if (since) return since;
  throw new ConfigurationError(
    `The log of ${inLog.id} is here, but the state that is made from it is lost: run \`lodestone rebuild\` first.`,
  );
}

function requireSameRegistry(known: KnownRegistry, configuration: Configuration): void {
  const domain = domainOf(known);
  if (configuration.domain !== undefined && configuration.domain !== domain)
    throw new ConfigurationError(
      `This database is the registry of ${domain} and stays so: LODESTONE_DOMAIN says ${configuration.domain}. ` +
        'Unset it, or start a new registry in another folder or database.',
    );
  if (!existsSync(keystoreFile(configuration)))
    throw new ConfigurationError(
      `The keystore ${keystoreFile(configuration)} of ${domain} is missing: restore it, or set LODESTONE_DATA to where it is.`,
    );
}

function foundingDomain({ domain, port }: Configuration): string {
  if (domain !== undefined) return domain;
  if (port !== 0) return `localhost:${port}`;
  throw new ConfigurationError('With PORT=0 the first start needs LODESTONE_DOMAIN.');
}

function domainOf({ id }: KnownRegistry): string {
  return id.slice('did:web:'.length).replace('%3A', ':');
}

/** Records the genesis; another process that starts at the same moment may be quicker. */
async function found(registry: Registry, authority: string): Promise<void> {
  const body = await genesisSubmission(registry.identity, registry.signer, authority);
  try {
    await new AdmitStatement(registry).admit(body);
  } catch (error) {
    const isFounded = (await registry.ledger.state(REGISTRY_KEY)) !== undefined;
    if (error instanceof Problem && error.problem === 'log-read-only')
      throw new ConfigurationError(`No registry can be founded here: ${error.details.detail}`);
    if (!(error instanceof Problem) || !isFounded) throw error;
  }
}
