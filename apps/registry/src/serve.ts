import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { createApplication } from './application.js';
import { ConfigurationError, type Configuration } from './configuration.js';
import { openDatabase, type OpenDatabase } from './database.js';
import { openRegistry, type OpenedRegistry } from './open-registry.js';
import { announcement, welcome } from './welcome.js';

/** A registry that serves. */
export interface Service {
  url: string;
  /** Answers what is under way, then lets go of everything: the service first, then the database. */
  stop(): Promise<void>;
}

/** Starts a registry as configured and says on standard output that it is ready. */
export async function serve(configuration: Configuration): Promise<Service> {
  const database = await openDatabase(configuration);
  try {
    return await serveOn(configuration, database);
  } catch (fault) {
    await database.stop();
    throw fault;
  }
}

async function serveOn(configuration: Configuration, database: OpenDatabase): Promise<Service> {
  // Standard output is for the person or the parent process; the log goes to standard error.
  const log = pino({ level: configuration.logLevel }, pino.destination(2));
  const opened = await openRegistry(configuration, database, log);
  let app: NestFastifyApplication | undefined;
  try {
    const serving = (app = await createApplication(opened.registry, log));
    const url = await listen(serving, configuration);
    say(configuration, opened, url, database);
    return { url, stop: () => stop(serving, opened, database) };
  } catch (fault) {
    await app?.close();
    await opened.registry.close();
    throw fault;
  }
}

async function stop(
  app: NestFastifyApplication,
  { registry }: OpenedRegistry,
  database: OpenDatabase,
): Promise<void> {
  await app.close();
  await registry.close();
  await database.stop();
}

async function listen(app: NestFastifyApplication, { host, port }: Configuration): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw fault;
    throw new ConfigurationError(
      `Port ${port} of ${host} is taken: stop what uses it, or set PORT.`,
    );
  }
  const address = app.getHttpServer().address() as { port: number };
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function say(
  configuration: Configuration,
  opened: OpenedRegistry,
  url: string,
  database: OpenDatabase,
): void {
  if (configuration.announces) console.log(JSON.stringify(announcement(opened, url)));
  else console.log(welcome(configuration, opened, url, database.description));
}
