import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { BenchOptions, Part, Scale } from './options.js';

/** What the bench needs and this machine does not have; its message is for the person. */
export class Unmet extends Error {
  override readonly name = 'Unmet';
}

const PEERS: Record<Part, readonly string[]> = {
  log: ['hypercore'],
  verify: [
    '@digitalbazaar/vc',
    '@digitalbazaar/data-integrity',
    '@digitalbazaar/eddsa-jcs-2022-cryptosuite',
  ],
  rules: [],
};

/** Room on the disk under the temporary folder: a database grows there. */
const GIGABYTES: Record<Scale['name'], number> = { quick: 2, normal: 4, long: 24 };
const CORES = 2;
/** The file system that is memory (statfs(2)): to sync there is to do nothing. */
const TMPFS = 0x01021994;

/** Throws Unmet, naming everything that is missing, before anything is measured. */
export async function requireMachine({ parts, scale }: BenchOptions): Promise<void> {
  const missing = [...missingPeers(parts), ...missingProgram(parts)];
  if (os.availableParallelism() < CORES)
    missing.push(`${CORES} cores: the load and the server would share one`);
  if (parts.includes('log'))
    missing.push(...missingRoom(GIGABYTES[scale.name]), ...(await missingLoopback()));
  if (missing.length > 0) throw new Unmet(`The bench needs ${missing.join('; and ')}.`);
}

function missingPeers(parts: readonly Part[]): string[] {
  return parts
    .flatMap((part) => PEERS[part])
    .filter((name) => !isInstalled(name))
    .map((name) => `the package ${name}, which npm ci installs unless it omits dev`);
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function missingProgram(parts: readonly Part[]): string[] {
  const program = 'dist/apps/registry/src/main.js';
  if (!parts.includes('log') || fs.existsSync(program)) return [];
  return [`${program}: run it as npm run bench, from the root of the repository`];
}

function missingRoom(gigabytes: number): string[] {
  try {
    fs.rmdirSync(fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-bench-')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [`a folder that it can write in ${os.tmpdir()}: ${code} (set TMPDIR)`];
  }
  const { bavail, bsize, type } = fs.statfsSync(os.tmpdir());
  if (type === TMPFS) return [`a disk under ${os.tmpdir()}, which is memory (set TMPDIR)`];
  const free = (bavail * bsize) / 1e9;
  if (free >= gigabytes) return [];
  return [`${gigabytes} GB free under ${os.tmpdir()}, where ${free.toFixed(1)} GB are`];
}

/** Load, registry and database speak to each other over it. */
async function missingLoopback(): Promise<string[]> {
  const server = net.createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as net.AddressInfo;
    await new Promise<void>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(void socket.destroy()));
      socket.once('error', reject);
    });
    return [];
  } catch (error) {
    return [`the loopback address 127.0.0.1: ${(error as NodeJS.ErrnoException).code}`];
  } finally {
    server.close();
  }
}
