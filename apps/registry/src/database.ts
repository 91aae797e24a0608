import path from 'node:path';
import { migrateDatabase, NewerSchemaError, startEmbedded } from '#lib/store';
import { ConfigurationError, type Configuration, type DatabaseAddress } from './configuration.js';

/** A migrated database, and how to let go of it. */
export interface OpenDatabase extends DatabaseAddress {
  /** In words for the operator. */
  description: string;
  /** Stops an embedded server that this process started; the application closes first. */
  stop(): Promise<void>;
}

/** The database that the configuration names, else the embedded one, as it is. */
export function reachDatabase(configuration: Configuration): Promise<OpenDatabase> {
  return configuration.database
    ? Promise.resolve(external(configuration.database))
    : embedded(embeddedFolder(configuration));
}

/** Where the embedded database keeps itself. */
export function embeddedFolder({ dataFolder }: Configuration): string {
  return path.join(dataFolder, 'database');
}

/** The database that the configuration names, else the embedded one, brought up to date. */
export async function openDatabase(configuration: Configuration): Promise<OpenDatabase> {
  const database = await reachDatabase(configuration);
  try {
    await migrateDatabase(database.adminUrl);
  } catch (fault) {
    await database.stop();
    if (fault instanceof NewerSchemaError)
      throw new ConfigurationError(`${fault.message} Start that release, or one after it.`);
    throw isAway(fault) ? awayError(database) : fault;
  }
  return database;
}

/** Node's own codes of a connection that did not come about; the database itself did not speak. */
function isAway(fault: unknown): boolean {
  const { code } = fault as { code?: string };
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'].includes(
    code ?? '',
  );
}

function awayError({ description }: OpenDatabase): ConfigurationError {
  return new ConfigurationError(
    `${description} does not answer: start it, correct DATABASE_URL, or unset it for the embedded one.`,
  );
}

function external({ url, adminUrl }: DatabaseAddress): OpenDatabase {
  const { host, pathname } = new URL(url);
  return {
    url,
    adminUrl,
    description: `PostgreSQL at ${host}${pathname}`,
    stop: () => Promise.resolve(),
  };
}

/** Node's own codes of a folder that cannot be made or written. */
function isClosed(fault: unknown): fault is { code: string } {
  const { code } = fault as { code?: string };
  return ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC'].includes(code ?? '');
}

function closedError(dataDir: string, { code }: { code: string }): ConfigurationError {
  return new ConfigurationError(
    `The folder ${dataDir} cannot be made or written (${code}): set LODESTONE_DATA to one that can.`,
  );
}

async function embedded(dataDir: string): Promise<OpenDatabase> {
  const server = await startEmbedded({ dataDir }).catch((fault: unknown) => {
    throw isClosed(fault) ? closedError(dataDir, fault) : fault;
  });
  return {
    url: server.url,
    adminUrl: server.adminUrl,
    description: `embedded PostgreSQL in ${dataDir} (${server.how})`,
    stop: () => server.stop(),
  };
}
