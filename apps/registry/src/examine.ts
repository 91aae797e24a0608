import fs from 'node:fs';
import { Presets, SingleBar } from 'cli-progress';
import type { DataSource } from 'typeorm';
import type { Crypto } from '#lib/documents';
import { Keystore, nodeCrypto, VerifierPool } from '#lib/keys';
import { createDataSource, poolOf, type Log, type Pool } from '#lib/store';
import { parseVerifierKey } from '#lib/tlog';
import { ConfigurationError, readConfiguration, type Configuration } from './configuration.js';
import { embeddedFolder, reachDatabase } from './database.js';
import { logKeysIn } from './key-ring.js';
import { registryInLog, registryInState, type LogKeyName } from './known-registry.js';
import { keystoreFile } from './registry-keys.js';

/** What an audit or a rebuild works on. */
export interface Subject {
  pool: Pool;
  log: Log;
  verifier: VerifierPool;
  configuration: Configuration;
  /** The public key with which this registry cosigns for others; undefined without a keystore. */
  cosigner: Uint8Array | undefined;
}

type Progress = (done: number, total: number) => void;

/**
 * Runs a check on the ledger that the surroundings name, beside a running registry or without one.
 * Sets the exit code: 0 when `check` gives true, 1 when false, 2 when it could not run.
 */
export async function examine(
  check: (subject: Subject, onProgress: Progress) => Promise<boolean>,
): Promise<void> {
  // Draws on standard error, and nothing at all unless that is a terminal.
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} entries, {eta_formatted} left', clearOnComplete: true },
    Presets.shades_classic,
  );
  const tell: Progress = (done, total) => {
    if (!bar.isActive) bar.start(total, done);
    bar.setTotal(total);
    bar.update(done);
    if (done >= total) bar.stop();
  };
  try {
    const isClean = await withSubject(readConfiguration(process.env), (subject) =>
      check(subject, tell),
    );
    process.exitCode = isClean ? 0 : 1;
  } catch (fault) {
    bar.stop();
    console.error(`lodestone: ${fault instanceof Error ? fault.message : String(fault)}`);
    process.exitCode = 2;
  }
}

async function withSubject<T>(
  configuration: Configuration,
  work: (subject: Subject) => Promise<T>,
): Promise<T> {
  if (!configuration.database && !fs.existsSync(embeddedFolder(configuration)))
    throw new ConfigurationError(
      `There is no database in ${configuration.dataFolder}: set LODESTONE_DATA or DATABASE_URL.`,
    );
  const database = await reachDatabase(configuration);
  const dataSource = createDataSource(database.url);
  const verifier = new VerifierPool();
  try {
    await dataSource.initialize();
    const keystore = await openedKeystore(configuration);
    const log = await logIn(dataSource, keystore, verifier);
    const cosigner = keystore?.signer('witness').publicKey;
    return await work({ pool: poolOf(dataSource), log, verifier, configuration, cosigner });
  } finally {
    await verifier.close();
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.stop();
  }
}

/**
 * The log as this database names it, and those before it, under the log keys of our own keystore:
 * what the database says of its keys proves nothing against who can write there. Without a keystore
 * its word must do.
 */
async function logIn(
  dataSource: DataSource,
  keystore: Keystore | undefined,
  crypto: Crypto,
): Promise<Log> {
  const onFault = (fault: Error) => console.error(`lodestone: ${fault.message}`);
  const known =
    (await registryInState(dataSource, onFault)) ?? (await registryInLog(dataSource, onFault));
  if (!known) throw new ConfigurationError('This database holds no registry.');
  const keysOf = ({ origin, logKeys }: { origin: string; logKeys: LogKeyName[] }) =>
    keystore
      ? logKeysIn(keystore, origin)
      : logKeys.map(({ logKey }) => parseVerifierKey(nodeCrypto.sha256, logKey));
  return {
    origin: known.origin,
    crypto,
    keys: keysOf(known),
    signCheckpoint: () => {
      throw new Error('Whoever examines a log does not sign for it');
    },
    predecessors: known.predecessors.map((past) => ({ origin: past.origin, keys: keysOf(past) })),
  };
}

async function openedKeystore(configuration: Configuration): Promise<Keystore | undefined> {
  const file = keystoreFile(configuration);
  if (fs.existsSync(file)) return Keystore.open(file, configuration.passphrase);
  console.error(`No keystore at ${file}: the log keys are taken from the database itself.`);
  return undefined;
}
