import fs from 'node:fs/promises';
import path from 'node:path';
import { nodeCrypto } from '#lib/keys';
import { Problem, refuse } from '#lib/problem';
import {
  formatEntryBundle,
  formatTilePath,
  frontierRoot,
  hashesEqual,
  partialTiles,
  type TilePath,
} from '#lib/tlog';
import { replaceFile } from '../files.js';
import type { PageListener } from './audit-log.js';
import { LogClient, type SignedCheckpoint } from './log-client.js';
import { readPages } from './log-pages.js';
import { noProgress, progressAt, type LogProgress } from './log-progress.js';
import { logSourceAt } from './log-source.js';
import { newestCheckpoint } from './succession.js';

/** How a log is written out as files. */
export interface ExportOptions {
  /** Compares what earlier exports wrote as well, in place of going on behind it. */
  all?: boolean;
  onPage?: PageListener;
}

/** What an export wrote. */
export interface ExportReport {
  origin: string;
  treeSize: number;
  /** Files that were not there before. */
  written: number;
  /** Files that were there, byte for byte. */
  unchanged: number;
}

/**
 * Writes a log as the static files of C2SP tlog-tiles, so that any web server is a mirror of it. The
 * tiles are made from the entries and not copied, and must hash to the signed root before the
 * checkpoint is written, which comes last: a folder with a checkpoint is whole. Goes on where an
 * earlier export ended; a file that is there is compared and never replaced. Throws a Problem when
 * the log, or the folder, does not hold.
 */
export async function exportLog(
  trusting: LogClient,
  folder: string,
  { all = false, onPage = () => undefined }: ExportOptions = {},
): Promise<ExportReport> {
  const { client, now } = await newestCheckpoint(trusting);
  const written = new ExportFolder(folder);
  let progress = await startOf(client, folder, now, all);
  for await (const page of readPages(client, progress, now.treeSize)) {
    progress = page.progress;
    const { bundle, entries, completed } = page;
    const width = entries.length;
    await written.add({ level: 'entries', index: bundle, width }, formatEntryBundle(entries));
    for (const tile of completed) await written.add(tile, tile.bytes);
    await onPage(progress, now.treeSize, true);
  }
  for (const tile of partialTiles(progress.frontier)) await written.add(tile, tile.bytes);
  if (!hashesEqual(frontierRoot(nodeCrypto.sha256, progress.frontier), now.rootHash))
    throw refuse(
      'checkpoint-invalid',
      'The entries do not hash to the root that the log has signed; no checkpoint was written.',
    );
  await replaceFile(path.join(folder, 'checkpoint'), new TextEncoder().encode(now.note));
  return { origin: now.origin, treeSize: now.treeSize, ...written.counts };
}

/** Behind an earlier export to the same folder, which must be of this log and a part of it. */
async function startOf(
  client: LogClient,
  folder: string,
  now: SignedCheckpoint,
  all: boolean,
): Promise<LogProgress> {
  const earlier = new LogClient(logSourceAt(folder), client.keys);
  const before = await earlier.checkpoint().catch((fault: unknown) => {
    if (fault instanceof Problem && fault.problem === 'not-found') return undefined;
    throw fault;
  });
  if (before && before.origin !== now.origin)
    throw refuse('consistency-invalid', `${folder} holds the log of ${before.origin}.`);
  if (before && before.treeSize > now.treeSize)
    throw refuse(
      'consistency-invalid',
      `${folder} holds ${before.treeSize} entries; the log has only ${now.treeSize}.`,
    );
  return before && !all ? progressAt(earlier, before) : noProgress(now.origin);
}

/** The folder of an export: files appear whole or not at all, and then stay as they are. */
class ExportFolder {
  readonly counts = { written: 0, unchanged: 0 };

  constructor(private readonly folder: string) {}

  async add(tile: TilePath, bytes: Uint8Array): Promise<void> {
    const file = path.join(this.folder, formatTilePath(tile));
    const there = await fs.readFile(file).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'ENOENT') throw fault;
    });
    if (there === undefined) {
      await replaceFile(file, bytes);
      this.counts.written++;
    } else if (there.equals(bytes)) this.counts.unchanged++;
    else throw refuse('consistency-invalid', `${file} holds other bytes than the log.`);
  }
}
