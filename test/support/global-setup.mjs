// One PostgreSQL for the whole run, with syncing off; DATABASE_URL (and DATABASE_ADMIN_URL) of
// an existing server take its place. Jest does not compile what globalSetup imports, so the
// launcher is compiled here.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformFile } from '@swc/core';

const LAUNCHER = 'libs/store/src/embedded';
const WORK = path.resolve('.data');

async function compileLauncher(out) {
  fs.mkdirSync(out, { recursive: true });
  for (const file of fs.readdirSync(LAUNCHER)) {
    const { code } = await transformFile(path.join(LAUNCHER, file));
    fs.writeFileSync(path.join(out, file.replace(/\.ts$/, '.js')), code);
  }
}

/** Folders are named after the process of their run; one killed with -9 leaves its own behind. */
function removeLeftovers() {
  for (const name of fs.readdirSync(WORK)) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (!pid) continue;
    try {
      process.kill(pid, 0);
    } catch {
      fs.rmSync(path.join(WORK, name), { recursive: true, force: true });
    }
  }
}

export default async function startDatabase() {
  if (process.env.DATABASE_URL) {
    process.env.DATABASE_ADMIN_URL ??= process.env.DATABASE_URL;
    return;
  }
  fs.mkdirSync(WORK, { recursive: true });
  removeLeftovers();
  const home = path.join(WORK, `test-${process.pid}`);
  await compileLauncher(path.join(home, 'launcher'));
  const { startEmbedded } = await import(pathToFileURL(path.join(home, 'launcher/embedded.js')));
  const server = await startEmbedded({ dataDir: path.join(home, 'database'), unsafeFast: true });
  process.env.DATABASE_URL = server.url;
  process.env.DATABASE_ADMIN_URL = server.adminUrl;
  globalThis.stopDatabase = async () => {
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  };
}
