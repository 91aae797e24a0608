import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeCrypto } from '#lib/keys';
import { originHash } from '#lib/tlog';

/** Where the files of one log come from: a registry, a mirror, an export, a database. */
export interface LogSource {
  /** In words for people. */
  readonly name: string;
  /**
   * The exact bytes of a file by its path under the log's prefix, as in `tile/0/000`; undefined when
   * there is none. Throws when the source does not answer.
   */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Another log of the same registry; no file of it is there where a log stands alone. */
  sibling?(origin: string): LogSource;
}

/** The largest file of a log: a bundle of 256 entries of 65,535 octets (C2SP tlog-tiles). */
const FILE_BYTES_MAX = 256 * (2 + 0xffff);
const TIMEOUT_MS = 30_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;

/**
 * The log at a place that a person named: a folder, a `file:` URL, or an `http(s):` URL. A URL
 * without a path is a registry's, which keeps its log under /log, or else that of an export.
 */
export function logSourceAt(place: string): LogSource {
  if (/^https?:\/\//.test(place)) return httpSource(place);
  return folderSource(place.startsWith('file:') ? fileURLToPath(place) : place);
}

function folderSource(folder: string): LogSource {
  return {
    name: folder,
    read: (file) =>
      fs.readFile(path.join(folder, file)).then(
        (bytes) => new Uint8Array(bytes),
        (fault: NodeJS.ErrnoException) => {
          if (fault.code === 'ENOENT' || fault.code === 'ENOTDIR') return undefined;
          throw fault;
        },
      ),
  };
}

function httpSource(url: string): LogSource {
  const { origin, pathname } = new URL(url);
  const prefix = origin + pathname.replace(/\/+$/, '');
  if (prefix !== origin) return prefixSource(prefix);
  // Asked once, and then for good: one log is never read from two places.
  let found: Promise<LogSource> | undefined;
  return {
    name: origin,
    read: async (file) => (await (found ??= sourceOf(origin))).read(file),
    sibling: (other) => siblingOf(origin, other),
  };
}

/** A registry's log when there is one, else what the server has at its root. */
async function sourceOf(origin: string): Promise<LogSource> {
  const registry = prefixSource(`${origin}/log`);
  return (await registry.read('checkpoint')) ? registry : prefixSource(origin);
}

/** Under the prefix of a registry's log there are the others as well. */
const REGISTRY_LOG = /\/(log|logs\/[0-9a-f]{64})$/;

function prefixSource(prefix: string): LogSource {
  const source = { name: prefix, read: (file: string) => fetchPatiently(`${prefix}/${file}`) };
  const registry = prefix.replace(REGISTRY_LOG, '');
  if (registry === prefix) return source;
  return { ...source, sibling: (other) => siblingOf(registry, other) };
}

/** Every log of a registry has a place that is named after its origin, whichever is the newest. */
function siblingOf(registry: string, origin: string): LogSource {
  return prefixSource(`${registry}/logs/${originHash(nodeCrypto.sha256, origin)}`);
}

/** A log that is busy for a moment has not gone: 429, 5xx and lost connections are tried again. */
async function fetchPatiently(url: string): Promise<Uint8Array | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetchFile(url).catch((fault: Error) => fault);
    if (!(answer instanceof Error)) return answer.bytes;
    if (attempt === ATTEMPTS || answer instanceof WrongAnswer) throw answer;
    await new Promise((resume) => setTimeout(resume, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
  }
}

/** An answer that another attempt would not better. */
class WrongAnswer extends Error {}

async function fetchFile(url: string): Promise<{ bytes: Uint8Array | undefined }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.ok) return { bytes: await boundedBody(response) };
  await response.body?.cancel();
  const { status } = response;
  if (status === 404 || status === 410) return { bytes: undefined };
  const why = `${url} answered ${status}`;
  throw status === 429 || status >= 500 ? new Error(why) : new WrongAnswer(why);
}

/** The body, unless it is larger than any file of a log: an auditor's memory is not the log's. */
async function boundedBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > FILE_BYTES_MAX)
      throw new WrongAnswer(`${response.url} is larger than any file of a log`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
