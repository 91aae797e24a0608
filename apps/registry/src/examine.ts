import fs from 'node:fs';
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { canonicalBytes, parseJson } from '#lib/documents';
import { Keystore, nodeCrypto, VerifierPool } from '#lib/keys';
import { createDataSource, poolOf, type Log, type Replay } from '#lib/store';
import { formatVerifierKey, parseVerifierKey, SIGNATURE_TYPES, verifierKey } from '#lib/tlog';
import { ConfigurationError, readConfiguration, type Configuration } from './configuration.js';
import { embeddedFolder, reachDatabase } from './database.js';
import { LEDGER_DECIDERS } from './deciders.js';
import { registryInLog, registryInState } from './known-registry.js';
import { keystoreFile } from './registry-keys.js';
import { signedOf } from './statements/admit-statement.js';
import { webKeysNamedIn } from './statements/web-keys.js';

/** What an audit or a rebuild works on. */
export interface Subject {
  pool: pg.Pool;
  log: Log;
  replay: Replay;
}

type Progress = (done: number, total: number) => void;

/**
 * Runs a check on the ledger that the surroundings name, beside a running registry or without one.
 * Sets the exit code: 0 when `check` gives true, 1 when false, 2 when it could not run.
 */
export async function examine(
  check: (subject: Subject, onProgress: Progress) => Promise<boolean>,
): Promise<void> {
  try {
    const isClean = await withSubject(readConfiguration(process.env), (subject) =>
      check(subject, tell),
    );
    process.exitCode = isClean ? 0 : 1;
  } catch (fault) {
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
    const log = await logIn(dataSource, configuration);
    return await work({ pool: poolOf(dataSource), log, replay: replayWith(verifier) });
  } finally {
    await verifier.close();
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.stop();
  }
}

/**
 * The log as this database names it, under the log key of our own keystore: what the database says
 * of its key proves nothing against who can write there. Without a keystore its word must do.
 */
async function logIn(dataSource: DataSource, configuration: Configuration): Promise<Log> {
  const onFault = (fault: Error) => console.error(`lodestone: ${fault.message}`);
  const known =
    (await registryInState(dataSource, onFault)) ?? (await registryInLog(dataSource, onFault));
  if (!known) throw new ConfigurationError('This database holds no registry.');
  const vkey = (await keystoreVerifierKey(known.origin, configuration)) ?? known.logKey;
  return {
    origin: known.origin,
    crypto: nodeCrypto,
    keys: [parseVerifierKey(nodeCrypto.sha256, vkey)],
    signCheckpoint: () => {
      throw new Error('Whoever examines a log does not sign for it');
    },
  };
}

async function keystoreVerifierKey(
  origin: string,
  configuration: Configuration,
): Promise<string | undefined> {
  const file = keystoreFile(configuration);
  if (!fs.existsSync(file)) {
    console.error(`No keystore at ${file}: the log key is taken from the database itself.`);
    return undefined;
  }
  const { publicKey } = (await Keystore.open(file, configuration.passphrase)).signer('log');
  return formatVerifierKey(
    verifierKey(nodeCrypto.sha256, origin, SIGNATURE_TYPES.ed25519, publicKey),
  );
}

/** Opens recorded statements by the road on which they came in, proofs and all. */
export function replayWith(verifier: VerifierPool): Replay {
  return {
    deciders: LEDGER_DECIDERS,
    open: async ({ bytes, disclosures }) => {
      const statement = parseJson(bytes);
      const body = canonicalBytes({
        disclosures: disclosures ? parseJson(disclosures) : [],
        statement,
      });
      const read = await verifier.readSubmission(body, webKeysNamedIn(body));
      const signed = signedOf(read);
      // The statement's own type and identity: the columns beside it are what is being examined.
      const { type, identity } = signed;
      return { type, identity, signed, evidence: evidenceOf(statement) };
    },
  };
}

/** Only an import brings a document with it: the bundle that it cites. */
function evidenceOf(statement: unknown): string[] {
  const { type, credentialSubject } = statement as {
    type: [string, string];
    credentialSubject: { evidence?: unknown };
  };
  const { evidence } = credentialSubject;
  return type[1] === 'Import' && typeof evidence === 'string' ? [evidence] : [];
}

function tell(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} entries`);
}
