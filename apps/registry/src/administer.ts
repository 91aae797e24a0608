import fs from 'node:fs';
import { pino, type Logger } from 'pino';
import { KeyStorageError } from '#lib/keys';
import { Problem } from '#lib/problem';
import { ConfigurationError, readConfiguration, type Configuration } from './configuration.js';
import { openDatabase, type OpenDatabase } from './database.js';
import { keystoreFile } from './registry-keys.js';

/** Changes something about the registry that the surroundings name; gives what is to be told. */
export type Act = (
  configuration: Configuration,
  database: OpenDatabase,
  logger: Logger,
) => Promise<object>;

/**
 * Runs an operator's act on a registry, beside its running processes or without them, and prints one
 * line of JSON. Exit code 1 when it was refused, with the reason on standard error.
 */
export async function administer(act: Act): Promise<void> {
  try {
    const configuration = readConfiguration(process.env);
    // What is not there must not be founded on the way.
    if (!fs.existsSync(keystoreFile(configuration)))
      throw new ConfigurationError(`There is no registry in ${configuration.dataFolder}.`);
    const database = await openDatabase(configuration);
    try {
      const logger = pino({ level: configuration.logLevel }, pino.destination(2));
      console.log(JSON.stringify(await act(configuration, database, logger)));
    } finally {
      await database.stop();
    }
  } catch (fault) {
    const isPlain = fault instanceof ConfigurationError || fault instanceof KeyStorageError;
    const words = fault instanceof Problem ? fault.details.detail : (fault as Error).message;
    console.error(isPlain || fault instanceof Problem ? `lodestone: ${words}` : fault);
    process.exitCode = 1;
  }
}
