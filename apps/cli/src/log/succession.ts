import { Problem } from '#lib/problem';
import { parseCheckpoint, parseNote } from '#lib/tlog';
import { LogClient, type SignedCheckpoint } from './log-client.js';
import { claimedWord, followRotations } from './log-word.js';

/** That the log whose key one has is not the registry's log any more; nothing is wrong with either. */
export class LogSucceeded extends Error {}

/** A log's newest checkpoint, and the log as whoever opened it believes it. */
export interface NewestCheckpoint {
  client: LogClient;
  now: SignedCheckpoint;
}

/**
 * The newest checkpoint of a log, also for whoever believes a key of it that was rotated since. Throws
 * LogSucceeded when the place has another log by now, which succeeds the one whose keys are believed;
 * else as `LogClient.checkpoint` does.
 */
export async function newestCheckpoint(client: LogClient): Promise<NewestCheckpoint> {
  try {
    return { client, now: await client.checkpoint() };
  } catch (fault) {
    if (!(fault instanceof Problem) || fault.problem !== 'checkpoint-invalid') throw fault;
    const shown = await originOfNewest(client);
    const origins = [...new Set(client.keys.map(({ name }) => name))];
    const found = origins.includes(shown)
      ? await underNewKeys(client)
      : await successionOf(client, shown, origins);
    if (found instanceof LogSucceeded || !found) throw found ?? fault;
    return found;
  }
}

async function underNewKeys(client: LogClient): Promise<NewestCheckpoint | undefined> {
  const believing = await unlessRefused(followRotations(client));
  const now = believing && (await unlessRefused(believing.checkpoint()));
  return now && { client: believing, now };
}

/** The old log is asked under its own place, and believed under its own keys. */
async function successionOf(
  { source, keys }: LogClient,
  shown: string,
  origins: readonly string[],
): Promise<LogSucceeded | undefined> {
  for (const origin of origins) {
    const place = source.sibling?.(origin);
    const old = place && (await underNewKeys(new LogClient(place, keys)));
    const successor = old && (await unlessRefused(claimedWord(old.client)))?.successor;
    if (old?.now.origin === origin && successor)
      return new LogSucceeded(
        `${source.name} has another log now: ${origin}, whose key you have, was succeeded by ` +
          `${successor} at ${old.now.treeSize} entries. Its last checkpoint still verifies under your ` +
          `key. Fetch a trust file that names ${shown}, with \`lodestone trust\`, and compare its key ` +
          `over another channel; from there the audit leads back to the old log. That one alone is ` +
          `at ${place!.name}.`,
      );
  }
  return undefined;
}

/** What the note says that no known key has signed: it is there, and is a checkpoint. */
async function originOfNewest({ source }: LogClient): Promise<string> {
  const bytes = await source.read('checkpoint');
  return parseCheckpoint(parseNote(new TextDecoder().decode(bytes)).text).origin;
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (fault) {
    if (fault instanceof Problem) return undefined;
    throw fault;
  }
}
