import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FreshDatabase } from '../../test/support/database.js';
import type { RegistryProcess } from './registry-process.js';

/** Starts the bare server, the ceiling for the registry, on an empty database. */
export async function startBareProcess({ adminUrl }: FreshDatabase): Promise<RegistryProcess> {
  const program = fileURLToPath(new URL('../log/bare-server.js', import.meta.url));
  const child = fork(program, { env: { ...process.env, DATABASE_URL: adminUrl } });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`The bare server ended with ${code}`)));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.disconnect();
    await ended;
  };
  return { port, pid: child.pid!, stop };
}
