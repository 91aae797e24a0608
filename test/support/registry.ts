import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import request from 'supertest';
import { migrateDatabase } from '#lib/store';
import { presentationBy, signDocument } from '#lib/credentials';
import type { Receipt } from '#lib/documents';
import {
  generateKey,
  Keystore,
  nodeCrypto,
  readKeyFile,
  signerOf,
  type KeySigner,
} from '#lib/keys';
import { createApplication } from '../../apps/registry/src/application.js';
import { readConfiguration, type Configuration } from '../../apps/registry/src/configuration.js';
import { openRegistry } from '../../apps/registry/src/open-registry.js';
import { KEY_NAMES, keystoreFile } from '../../apps/registry/src/registry-keys.js';
import type { Registry } from '../../apps/registry/src/registry.js';
import { freshDatabase, type FreshDatabase } from './database.js';
import { now, submission, type SayOptions } from './submission.js';

export { dateDaysAgo, daysAgo, submission, type SayOptions } from './submission.js';

/** How a test registry starts. */
export interface StartOptions {
  jurisdiction?: string;
  domain?: string;
  /** A database and data folder of an earlier start. */
  like?: TestRegistry;
  /** In place of the database's own URL: through a proxy, or to nowhere. */
  databaseUrl?: string;
}

/** A real registry on a database of its own, spoken to over HTTP, with its development authority. */
export class TestRegistry {
  constructor(
    readonly app: NestFastifyApplication,
    readonly registry: Registry,
    readonly authority: KeySigner,
    readonly configuration: Configuration,
    readonly database: FreshDatabase,
  ) {}

  /** A request to it. */
  http() {
    return request(this.app.getHttpServer());
  }

  /** Registers a party with a fresh key and these roles. */
  async party(name: string, roles: string[], country = this.configuration.jurisdiction) {
    const key = signerOf(generateKey());
    const subject = { id: key.did, name, country, roles, keys: [key.publicKeyMultibase] };
    await this.say(this.authority, 'PartyRegistration', subject, { with: [key] });
    return key;
  }

  /** Signs, submits, and expects the statement to be recorded. */
  async say(
    issuer: KeySigner,
    type: string,
    subject: Record<string, unknown>,
    options?: SayOptions,
  ): Promise<Receipt> {
    const answer = await this.submit(await submission(issuer, type, subject, options));
    if (answer.status !== 201) throw new Error(`${type} was refused: ${answer.text}`);
    return answer.body as Receipt;
  }

  /** Posts the exact bytes of a submission. */
  submit(body: Uint8Array, route = '/statements') {
    return this.http()
      .post(route)
      .set('content-type', 'application/json')
      .send(Buffer.from(body).toString());
  }

  /** The Authorization header of a session of this party. */
  async session(key: KeySigner): Promise<string> {
    const { challenge, domain } = (await this.http().get('/sessions/challenge')).body as {
      challenge: string;
      domain: string;
    };
    const presentation = await signDocument(nodeCrypto.sha256, presentationBy(key.did), key, {
      created: now(),
      proofPurpose: 'authentication',
      challenge,
      domain,
    });
    const answer = await this.http().post('/sessions').send(presentation);
    if (answer.status !== 201) throw new Error(`No session: ${answer.text}`);
    return `Bearer ${(answer.body as { token: string }).token}`;
  }

  /** Stops it and keeps its database and folder. */
  async stop(): Promise<void> {
    await this.app.close();
    await this.registry.close();
  }

  /** Stops it and leaves nothing behind. */
  async close(): Promise<void> {
    await this.stop();
    await this.database.drop();
    fs.rmSync(this.configuration.dataFolder, { recursive: true, force: true });
  }
}

/** Starts a registry with a fresh database and keys, or a second one beside another. */
export async function startRegistry(options: StartOptions = {}): Promise<TestRegistry> {
  const { like } = options;
  const database = like?.database ?? (await freshDatabase());
  const configuration = like?.configuration ?? configurationOf(options);
  if (!like) {
    await migrateDatabase(database.adminUrl);
    // Guesses at the passphrase cost nothing here, so that tests start at once.
    await Keystore.create(keystoreFile(configuration), configuration.passphrase, KEY_NAMES, {
      cost: 2 ** 14,
    });
  }
  const address = { ...database, url: options.databaseUrl ?? database.url };
  const silent = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
  const opened = await openRegistry(configuration, address, silent);
  const app = await createApplication(opened.registry, silent);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const authority = signerOf(readKeyFile(opened.authority.keyFile!));
  return new TestRegistry(app, opened.registry, authority, configuration, database);
}

function configurationOf({ jurisdiction = 'AU', domain }: StartOptions): Configuration {
  return readConfiguration({
    PORT: '0',
    LODESTONE_DATA: fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-registry-')),
    LODESTONE_DOMAIN: domain ?? `${jurisdiction.toLowerCase()}.registry.example`,
    LODESTONE_JURISDICTION: jurisdiction,
    LODESTONE_PASSPHRASE: 'correct horse battery staple',
  });
}
