import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The verifier's browser file, made afresh from the sources in a temporary folder. */
export function makeBrowserFile(): { file: string; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-browser-'));
  const file = path.join(folder, 'lodestone-verifier.js');
  execFileSync(process.execPath, ['tools/bundle-verifier.mjs', file], { stdio: 'pipe' });
  return { file, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** The Chromium of this machine, from CHROMIUM_PATH or its usual place; undefined when there is none. */
export function findChromium(): string | undefined {
  const candidates = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return candidates.find((candidate) => candidate && fs.existsSync(candidate));
}

/** The script that a page runs: judges a bundle and answers the report as JSON text. */
export const JUDGE = `(async (bundle, trust, at) => {
  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { nobleCrypto, parseTrust, inspectBundle, certificateOf } = lodestone;
  const trusted = parseTrust(nobleCrypto.sha256, bytes(trust));
  const report = await inspectBundle(nobleCrypto, bytes(bundle), trusted, { at });
  const batch = report.certificate && certificateOf(nobleCrypto.sha256, bytes(bundle)).credentialSubject.id;
  return JSON.stringify({ report, batch });
})`;
