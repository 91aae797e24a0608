import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKey, Keystore, nodeCrypto, signerOf } from '#lib/keys';
import {
  formatSignatureLines,
  formatVerifierKey,
  parseAddCheckpoint,
  parseNote,
  SIGNATURE_TYPES,
  signCheckpoint,
  signCosignature,
  verifierKey,
  type NoteSigner,
} from '#lib/tlog';
import { keystoreFile } from '../../apps/registry/src/registry-keys.js';
import { startRegistry, type StartOptions, type TestRegistry } from './registry.js';

/** A test registry that others reach over real HTTP. */
export interface PublicRegistry {
  registry: TestRegistry;
  /** Base URL, without a slash at the end. */
  url: string;
}

/** Starts a registry and lets it listen, on `port` when another one must find it again. */
export async function listeningRegistry(
  options: StartOptions & { port?: number },
): Promise<PublicRegistry> {
  const registry = await startRegistry(options);
  await registry.app.listen(options.port ?? 0, '127.0.0.1');
  const { port } = registry.app.getHttpServer().address() as AddressInfo;
  return { registry, url: `http://127.0.0.1:${port}` };
}

/** Replaces a registry's policy file, as its operator would. */
export function writePolicy({ configuration }: TestRegistry, ...lines: string[]): void {
  fs.writeFileSync(configuration.policyFile, `${lines.join('\n')}\n`);
}

/** The policy line that makes a registry witness this one. */
export function logLine({ registry: { registry } }: PublicRegistry): string {
  return `log ${registry.identity.vkey}`;
}

/** The policy line that makes a registry ask this one. */
export function witnessLine({ registry: { registry }, url }: PublicRegistry): string {
  const name = registry.identity.jurisdiction.toLowerCase();
  return `witness ${name} ${formatVerifierKey(registry.witnessing.cosigner.key)} ${url}/witness`;
}

/** The key with which a registry signs its checkpoints, as a thief of its keystore has it. */
export async function stolenLogKey({ configuration, registry }: TestRegistry): Promise<NoteSigner> {
  const keystore = await Keystore.open(keystoreFile(configuration), configuration.passphrase);
  const { publicKey, sign } = keystore.signer('log');
  const { ed25519 } = SIGNATURE_TYPES;
  return {
    key: verifierKey(nodeCrypto.sha256, registry.identity.origin, ed25519, publicKey),
    sign,
  };
}

/** A checkpoint of any size and root under that key. */
export function forgedCheckpoint(signer: NoteSigner, treeSize: number, fill: number): string {
  const rootHash = new Uint8Array(32).fill(fill);
  return signCheckpoint({ origin: signer.key.name, treeSize, rootHash }, signer);
}

/** An HTTP server that plays a witness of any character. */
export interface PlayedWitness {
  url: string;
  /** The requests so far, as `METHOD path`. */
  requests: string[];
  close(): Promise<void>;
}

export async function playWitness(
  answer: (request: http.IncomingMessage, body: string, reply: http.ServerResponse) => unknown,
): Promise<PlayedWitness> {
  const requests: string[] = [];
  const server = http.createServer((request, reply) => {
    requests.push(`${request.method} ${request.url}`);
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => void answer(request, body, reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until something holds, for ten seconds at most; gives what it came to. */
export async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`Still, after ten seconds: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A fresh witness key under a name. */
export function witnessKey(name: string): NoteSigner {
  const { publicKey, sign } = signerOf(generateKey());
  const { cosignatureV1 } = SIGNATURE_TYPES;
  return { key: verifierKey(nodeCrypto.sha256, name, cosignatureV1, publicKey), sign };
}

/** The line with which a witness cosigns whatever checkpoint an add-checkpoint request holds. */
export function cosigned(body: string, signer: NoteSigner, aheadSeconds = 0): string {
  const { text } = parseNote(parseAddCheckpoint(body).note);
  const now = Math.floor(Date.now() / 1000) + aheadSeconds;
  return formatSignatureLines([signCosignature(text, signer, now)]);
}
