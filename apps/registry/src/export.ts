import { parseArgs } from 'node:util';
import { LogReader, logsOf } from '#lib/store';
import { Problem } from '#lib/problem';
import { formatVerifierKey } from '#lib/tlog';
import { examine, type Subject } from './examine.js';
import { readLogFile } from './log/log-file.js';

/**
 * Hands the public log, file by file, to the program that started this one: it sends `{id, path}`
 * and gets `{id, bytes}`, without bytes when there is no such file, or `{id, fault}`. The first
 * message is `{vkeys}`; `--origin` names a log that was succeeded. Ends when the other side disconnects. Exit code 2 when it could not run.
 */
await examine(async (subject) => {
  if (!process.send) throw new Error('lodestone export starts this program; it has no use alone');
  const isOver = new Promise((resolve) => process.once('disconnect', resolve));
  const { values } = parseArgs({ options: { origin: { type: 'string' } } });
  const { origin = subject.log.origin } = values;
  const log = logsOf(subject.log).find((each) => each.origin === origin);
  if (!log) throw new Error(`This registry keeps no log ${origin}`);
  answerQuestions({ ...subject, log });
  process.send({ vkeys: log.keys.map(formatVerifierKey) });
  await isOver;
  return true;
});

function answerQuestions({ pool, log }: Subject): void {
  const reader = new LogReader(pool, log, (fault) => console.error(`lodestone: ${fault.message}`));
  process.on('message', ({ id, path }: { id: number; path: string }) => {
    void readLogFile(reader, path)
      .then((bytes) => ({ id, bytes: new Uint8Array(bytes) }))
      .catch((fault: unknown) => ({ id, ...refusal(fault) }))
      .then((answer) => process.connected && process.send!(answer));
  });
}

/** What the static layout does not have. */
const NO_FILE: readonly string[] = ['not-found', 'invalid-log-path'];

/** That there is no such file is an answer; anything else is a fault in words. */
function refusal(fault: unknown): { fault?: string } {
  if (fault instanceof Problem && NO_FILE.includes(fault.problem)) return {};
  return { fault: fault instanceof Error ? fault.message : String(fault) };
}
