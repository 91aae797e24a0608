import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { FreshDatabase } from '../../test/support/database.js';

/** A registry in a process of its own, as an operator runs it. */
export interface RegistryProcess {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a fresh registry on that database; parties are registered by that authority. */
export async function startRegistryProcess(
  database: FreshDatabase,
  authority: string,
): Promise<RegistryProcess> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-bench-registry-'));
  const child = spawn(process.execPath, ['dist/apps/registry/src/main.js'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: '0',
      LODESTONE_DATA: folder,
      LODESTONE_DOMAIN: 'bench.registry.example',
      LODESTONE_AUTHORITY: authority,
      LODESTONE_PASSPHRASE: 'a passphrase for the bench alone',
      LODESTONE_ANNOUNCE: 'json',
      DATABASE_URL: database.url,
      DATABASE_ADMIN_URL: database.adminUrl,
    },
  });
  const { url } = await announced(child);
  return {
    port: Number(new URL(url).port),
    pid: child.pid!,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function announced(child: ChildProcess): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The registry ended with ${code}`)));
    createInterface(child.stdout!).once('line', (line) =>
      resolve(JSON.parse(line) as { url: string }),
    );
  });
}
