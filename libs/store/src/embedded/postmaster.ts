import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterPaths, SERVER_ENVIRONMENT } from './cluster.js';
import { type RunAs, succeeds } from './run-as.js';

/** A server that answers on the loopback address. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Another process started it, and it stops with that process. */
  adopted: boolean;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const ADOPT_TIMEOUT_MS = 5_000;
const PROBE_TIMEOUT_MS = 1_000;
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);
const FAST_AND_UNSAFE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * The server that already runs on this cluster, or undefined; one that still starts, or recovers, is
 * waited for. A stale pid file (its process is gone, or is somebody else's and nothing answers on the
 * port) counts as none. Whoever adopts a server does not stop it.
 */
export async function adopt({ pidFile }: ClusterPaths): Promise<Postmaster | undefined> {
  const began = Date.now();
  for (let patience = ADOPT_TIMEOUT_MS; Date.now() < began + patience; await sleep(50)) {
    const { pid, port, ready } = readPidFile(pidFile);
    if (!pid || !isAlive(pid)) return undefined;
    if (!port || !(await answers(port))) continue;
    if (ready) return { pid, port, adopted: true, stop: async () => undefined };
    patience = START_TIMEOUT_MS;
  }
  return undefined;
}

/** Starts the server on a free port and waits until it accepts; adopts one that was quicker. */
export async function launch(
  paths: ClusterPaths,
  bin: string,
  as: RunAs,
  unsafeFast: boolean,
): Promise<Postmaster> {
  const port = await freePort();
  const child = spawnServer(paths, serverCommand(paths, bin, as, port, unsafeFast), as);
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(10)) {
    if (ended) {
      const other = await adopt(paths);
      if (other) return other;
      throw new Error(`PostgreSQL did not start:\n${lastLines(paths.logFile, 8)}`);
    }
    const file = readPidFile(paths.pidFile);
    // After a crash the stale file still says "ready": believe it only with our own child's pid.
    if (file.pid === child.pid && file.ready && (await answers(port)))
      return { pid: child.pid!, port, adopted: false, stop: () => stopChild(child) };
  }
  child.kill('SIGINT');
  throw new Error(`PostgreSQL did not start within ${START_TIMEOUT_MS} ms; see ${paths.logFile}`);
}

function serverCommand(
  { clusterDir }: ClusterPaths,
  bin: string,
  as: RunAs,
  port: number,
  unsafeFast: boolean,
): string[] {
  const settings = ['timezone=UTC', 'log_timezone=UTC', 'max_connections=200', 'max_wal_size=2GB'];
  if (unsafeFast) settings.push(...FAST_AND_UNSAFE);
  // Killed with -9 we cannot stop our child; the kernel then sends it SIGINT, a clean fast stop.
  const death = ['setpriv', '--pdeathsig=INT', '--'];
  const canSetDeath = process.platform === 'linux' && succeeds([...death, 'true']);
  return [
    ...as.prefix,
    ...(canSetDeath ? death : []),
    path.join(bin, 'postgres'),
    '-D',
    clusterDir,
    `--port=${port}`,
    '--listen_addresses=127.0.0.1',
    '--unix_socket_directories=',
    ...settings.map((setting) => `--${setting}`),
  ];
}

function spawnServer({ logFile }: ClusterPaths, command: string[], as: RunAs): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  // Detached: Ctrl-C in the terminal reaches us alone, and we stop the server after the app.
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', log, log],
    detached: true,
    env: SERVER_ENVIRONMENT,
    ...as.options,
  });
  child.unref();
  closeSync(log);
  return child;
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.ref();
    child.once('exit', () => resolve());
    child.kill('SIGINT');
  });
}

/** Lines of postmaster.pid: 1 the pid, 4 the port, 8 the state (PostgreSQL, miscadmin.h). */
function readPidFile(pidFile: string): { pid?: number; port?: number; ready: boolean } {
  if (!existsSync(pidFile)) return { ready: false };
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  return {
    pid: Number(lines[0]) || undefined,
    port: Number(lines[3]) || undefined,
    ready: lines[7]?.trim() === 'ready',
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a PostgreSQL server answers on the port: it replies to an SSLRequest with one byte
 * (Frontend/Backend Protocol §54.2.10). That a port accepts is not enough: a killed server's still may.
 */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(SSL_REQUEST));
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy());
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false)).once('close', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function lastLines(file: string, count: number): string {
  return existsSync(file)
    ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
    : '';
}
