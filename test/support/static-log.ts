import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { toHex } from '#lib/documents';
import {
  appendLeafHashes,
  EMPTY_FRONTIER,
  formatEntry,
  formatEntryBundle,
  formatTilePath,
  formatVerifierKey,
  frontierRoot,
  leafHash,
  NO_PREVIOUS,
  partialTiles,
  signCheckpoint,
  TILE_WIDTH,
  type Frontier,
} from '#lib/tlog';
import { nodeCrypto } from '#lib/keys';
import { signerOf } from '../tlog/signers.js';

const { sha256 } = nodeCrypto;

/** A log as its static files, kept in memory: honest until a test writes into `files`. */
export class StaticLog {
  readonly files = new Map<string, Uint8Array>();
  readonly entries: Uint8Array[] = [];
  readonly notes: string[] = [];
  #frontier: Frontier = EMPTY_FRONTIER;
  readonly #signer;

  constructor(readonly origin = 'au.example/log') {
    this.#signer = signerOf(origin);
    this.publish();
  }

  get vkey(): string {
    return formatVerifierKey(this.#signer.key);
  }

  get keys() {
    return [this.#signer.key];
  }

  get checkpoint(): string {
    return this.notes.at(-1)!;
  }

  /** Appends entries and publishes. Two logs of one origin fork by saying different things. */
  grow(count: number, says = 'something'): this {
    for (let i = 0; i < count; i++) {
      const index = this.entries.length;
      const last = this.entries[index - 1];
      const entry = formatEntry({
        digest: createHash('sha256').update(`${says} ${index}`).digest('hex'),
        index,
        origin: this.origin,
        previous: last ? toHex(leafHash(sha256, last)) : NO_PREVIOUS,
        recordedAt: new Date(Date.UTC(2026, 10, 22) + index).toISOString(),
      });
      this.entries.push(entry);
      const { frontier, completed } = appendLeafHashes(sha256, this.#frontier, [
        leafHash(sha256, entry),
      ]);
      this.#frontier = frontier;
      for (const tile of completed) this.files.set(formatTilePath(tile), tile.bytes);
    }
    return this.publish();
  }

  /** Signs the tree as it is, and writes every file that it needs. */
  publish(): this {
    const treeSize = this.entries.length;
    const rootHash = frontierRoot(sha256, this.#frontier);
    for (const tile of partialTiles(this.#frontier))
      this.files.set(formatTilePath(tile), tile.bytes);
    for (let start = 0; start < treeSize; start += TILE_WIDTH) {
      const bundle = this.entries.slice(start, start + TILE_WIDTH);
      const at = { level: 'entries', index: start / TILE_WIDTH, width: bundle.length } as const;
      this.files.set(formatTilePath(at), formatEntryBundle(bundle));
    }
    return this.sign(treeSize, rootHash);
  }

  /** Signs whatever a test wants signed. */
  sign(treeSize: number, rootHash: Uint8Array): this {
    this.notes.push(signCheckpoint({ origin: this.origin, treeSize, rootHash }, this.#signer));
    this.files.set('checkpoint', Buffer.from(this.checkpoint));
    return this;
  }

  /** Also tells of every checkpoint that it signed, as a registry does; not all in one page. */
  tellHistory(notes = this.notes.slice(1)): this {
    notes.forEach((note, i) => {
      const next = i + 1 < notes.length ? i + 2 : null;
      const page = JSON.stringify({ checkpoints: [note], next });
      this.files.set(`checkpoints?from=${i + 1}`, Buffer.from(page));
    });
    return this;
  }

  /** Changes one byte of a file. */
  flip(file: string, offset = 40): this {
    const bytes = Uint8Array.from(this.files.get(file)!);
    bytes[offset]! ^= 1;
    this.files.set(file, bytes);
    return this;
  }

  writeTo(folder: string): string {
    for (const [file, bytes] of this.files) {
      if (file.includes('?')) continue;
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), bytes);
    }
    return folder;
  }
}

/** A web server over a log, which a test may replace or make fail. */
export interface LogServer {
  url: string;
  log: StaticLog;
  /** Where the log begins: at /log/ as a registry has it, or at / as an export may be served. */
  prefix: string;
  /** Answers so many requests with this status first. */
  failing: { status: number; times: number };
  requests: string[];
  close(): Promise<void>;
}

export async function serveLog(log: StaticLog): Promise<LogServer> {
  const server = http.createServer((request, response) => {
    const { url = '' } = request;
    const file = url.startsWith(served.prefix) ? url.slice(served.prefix.length) : url;
    served.requests.push(file);
    const bytes = served.log.files.get(file);
    if (served.failing.times-- > 0) response.writeHead(served.failing.status).end();
    else if (bytes) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const served: LogServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    prefix: '/log/',
    failing: { status: 503, times: 0 },
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return served;
}
