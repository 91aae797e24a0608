import {
  parseJson,
  parseStatement,
  type KeyRotation,
  type RegistryGenesis,
  type Statement,
} from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { Problem, refuse } from '#lib/problem';
import { parseEntry, parseVerifierKey, type Checkpoint, type VerifierKey } from '#lib/tlog';
import type { LogClient, SignedCheckpoint } from './log-client.js';
import { provenEntry } from './log-progress.js';
import { servedNotes } from './signed-history.js';

/** The log before, as the genesis of its successor names it. */
export type Predecessor = NonNullable<RegistryGenesis['credentialSubject']['predecessor']>;

/** What a log's own entries say of it. */
export interface LogWord {
  /** Every key that they name for this log. */
  keys: VerifierKey[];
  /** The log that it succeeds, if it does. */
  predecessor?: Predecessor;
}

/** What a registry serves under `keys`, as it says it: nothing here is proved. */
export interface ClaimedWord {
  origin: string;
  /** The log for which it was frozen. */
  successor: string | null;
  statements: { index: number; statement: string }[];
}

/**
 * Reads which keys, and which log before, the entries of a log name: each statement must be the one
 * of the entry at its index, in the tree of a checkpoint that a believed key has signed. Undefined
 * where nobody serves the statements, as in an export. Throws `inclusion-invalid`, `malformed-json`,
 * `schema-violation`, or as the client does.
 */
export async function readLogWord(
  client: LogClient,
  checkpoint: Checkpoint,
): Promise<LogWord | undefined> {
  if (checkpoint.treeSize === 0) return undefined;
  const claimed = await claimedWord(client);
  if (!claimed) return undefined;
  const word: LogWord = { keys: [] };
  for (const each of claimed.statements)
    // The log may have grown since the checkpoint was read: what lies beyond is for the next time.
    if (each.index < checkpoint.treeSize) await take(word, client, checkpoint, each);
  if (claimed.statements[0]?.index !== 0) throw malformed('does not begin with the genesis');
  return word;
}

/**
 * The log for whoever believes an old key of it: the first checkpoint over the entry that names a
 * new key is signed by the key before, and so one key leads to the next. What does not hold leads
 * nowhere. Throws only when the log does not answer, or serves what is no list of statements.
 */
export async function followRotations(client: LogClient): Promise<LogClient> {
  const claimed = await claimedWord(client);
  let believing = client;
  for (const each of claimed?.statements ?? []) {
    const word: LogWord = { keys: [] };
    try {
      const checkpoint = await firstCheckpointOver(believing, each.index);
      if (checkpoint) await take(word, believing, checkpoint, each);
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
    }
    believing = believing.believing(word.keys);
  }
  return believing;
}

async function firstCheckpointOver(
  client: LogClient,
  index: number,
): Promise<SignedCheckpoint | undefined> {
  for await (const note of servedNotes(client, index + 1)) return client.open(note);
  return undefined;
}

/** What is served under `keys`; undefined where nothing is. Throws `malformed-json`. */
export async function claimedWord({ source }: LogClient): Promise<ClaimedWord | undefined> {
  const bytes = await source.read('keys');
  if (!bytes) return undefined;
  const claimed = Object(parseJson(bytes)) as Partial<ClaimedWord>;
  const { origin, successor, statements } = claimed;
  const isWord =
    typeof origin === 'string' &&
    (successor === null || typeof successor === 'string') &&
    Array.isArray(statements) &&
    statements.every((each) => {
      const { index, statement } = Object(each) as Record<string, unknown>;
      return Number.isSafeInteger(index) && (index as number) >= 0 && typeof statement === 'string';
    });
  if (!isWord) throw malformed('is no list of statements');
  return { origin, successor, statements } as ClaimedWord;
}

/** Adds what one statement says, which must be that of the entry at its index. */
async function take(
  word: LogWord,
  client: LogClient,
  checkpoint: Checkpoint,
  { index, statement: text }: ClaimedWord['statements'][number],
): Promise<void> {
  const { origin } = checkpoint;
  const { entry } = await provenEntry(client, checkpoint, index);
  const { digest, statement } = parseStatement(nodeCrypto.sha256, new TextEncoder().encode(text));
  if (parseEntry(entry).digest !== digest)
    throw refuse(
      'inclusion-invalid',
      `What the log serves as the statement of entry ${index} is another one.`,
      undefined,
      { extensions: { index } },
    );
  word.keys.push(...keysNamedIn(statement, origin));
  const { type, credentialSubject } = statement;
  if (type[1] !== 'RegistryGenesis') return;
  const genesis = credentialSubject as RegistryGenesis['credentialSubject'];
  if (genesis.origin !== origin) throw malformed(`begins with the genesis of ${genesis.origin}`);
  if (genesis.predecessor) word.predecessor = genesis.predecessor;
}

/** A key counts for the log whose name it bears, and for no other. */
function keysNamedIn({ type, credentialSubject }: Statement, origin: string): VerifierKey[] {
  const texts: readonly string[] =
    type[1] === 'RegistryGenesis'
      ? [(credentialSubject as RegistryGenesis['credentialSubject']).logKey]
      : type[1] === 'KeyRotation'
        ? ((credentialSubject as KeyRotation['credentialSubject']).logKeys?.add ?? [])
        : [];
  return texts
    .map((text) => parseVerifierKey(nodeCrypto.sha256, text))
    .filter(({ name }) => name === origin);
}

const malformed = (why: string) =>
  refuse('malformed-json', `What the log serves as the statements that name its keys ${why}.`);
