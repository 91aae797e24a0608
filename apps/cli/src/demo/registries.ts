import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readKeyFile, signerOf, type KeySigner } from '#lib/keys';
import { RegistryClient } from '../registry-client.js';

/** What a registry process says of itself on its first line, when asked with LODESTONE_ANNOUNCE. */
interface Announcement {
  event: 'ready';
  url: string;
  jurisdiction: string;
  domain: string;
  did: string;
  origin: string;
  vkey: string;
  /** The verifier key with which it cosigns for others. */
  witnessKey: string;
  statementKey: string;
  authorityKeyFile: string;
}

/** A registry process of the demo, on its own embedded database and a free port. */
export interface RunningRegistry extends Omit<Announcement, 'event' | 'authorityKeyFile'> {
  client: RegistryClient;
  /** The development authority's key, made on the registry's first start. */
  authority: KeySigner;
  dataFolder: string;
  process: ChildProcess;
}

const MAIN = fileURLToPath(new URL('../../../registry/src/main.js', import.meta.url));

/**
 * Starts one registry process and waits until it serves. A second start on the same folder is a
 * second API process on the same database. Throws with the process's own words when it does not start.
 */
export async function startRegistry(options: {
  jurisdiction: string;
  domain: string;
  name: string;
  dataFolder: string;
}): Promise<RunningRegistry> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      HOST: '127.0.0.1',
      LODESTONE_ANNOUNCE: 'json',
      LODESTONE_DATA: options.dataFolder,
      LODESTONE_DOMAIN: options.domain,
      LODESTONE_NAME: options.name,
      LODESTONE_JURISDICTION: options.jurisdiction,
    },
  });
  const announcement = await announced(child, options.domain);
  const { authorityKeyFile, event: _, ...named } = announcement;
  return {
    ...named,
    client: new RegistryClient(announcement.url),
    authority: signerOf(readKeyFile(authorityKeyFile)),
    dataFolder: path.resolve(options.dataFolder),
    process: child,
  };
}

/** Asks a registry process to stop, and waits until it has. */
export async function stopRegistry({ process: child }: RunningRegistry): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function announced(child: ChildProcess, domain: string): Promise<Announcement> {
  return new Promise((resolve, reject) => {
    let complaints = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-4000);
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{"event":"ready"')) resolve(JSON.parse(line) as Announcement);
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`the registry ${domain} did not start (exit ${code}):\n${complaints}`)),
    );
  });
}
