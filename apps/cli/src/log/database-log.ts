import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogSource } from './log-source.js';

const EXPORT = fileURLToPath(new URL('../../../registry/src/export.js', import.meta.url));

/** A log read from its registry's database, by the registry's own program beside us. */
export interface DatabaseLog {
  source: LogSource;
  /** The log's verifier keys, as the registry's keystore has them. */
  vkeys: string[];
  close(): void;
}

const ENDED = 'the registry’s program has ended';

/** What the program answers to a question of that number. */
interface FileAnswer {
  id: number;
  bytes?: Uint8Array;
  fault?: string;
}

/**
 * Opens the newest log, or the one of that name, in a data folder, or in the database that DATABASE_URL names. The program that knows
 * the database runs as a process of its own and hands over file by file. Throws when it cannot.
 */
export async function openDatabaseLog(dataFolder: string, origin?: string): Promise<DatabaseLog> {
  const program = fork(EXPORT, origin === undefined ? [] : ['--origin', origin], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, LODESTONE_DATA: dataFolder },
  });
  const [opened] = await Promise.race([once(program, 'message'), once(program, 'exit')]);
  const { vkeys } = Object(opened) as { vkeys?: string[] };
  if (vkeys === undefined) throw new Error(`the log in ${dataFolder} could not be opened`);
  const source = { name: dataFolder, read: questions(program) };
  return { source, vkeys, close: () => void (program.connected && program.disconnect()) };
}

/** Asks the program for files; many questions may be open at once. */
function questions(program: ChildProcess): LogSource['read'] {
  const open = new Map<number, (answer: FileAnswer) => void>();
  let asked = 0;
  program.on('message', (answer: FileAnswer) => {
    open.get(answer.id)?.(answer);
    open.delete(answer.id);
  });
  program.once('exit', () => {
    for (const [id, answer] of open) answer({ id, fault: ENDED });
  });
  return (path) =>
    new Promise((resolve, reject) => {
      if (!program.connected) throw new Error(ENDED);
      const id = asked++;
      open.set(id, ({ bytes, fault }) =>
        fault === undefined ? resolve(bytes) : reject(new Error(fault)),
      );
      program.send({ id, path });
    });
}
