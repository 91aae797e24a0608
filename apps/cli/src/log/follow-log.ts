import type { LogReport, LogWatch } from './log-watch.js';
import { LogSucceeded } from './succession.js';

/** How a log is followed. */
export interface FollowOptions {
  intervalSeconds: number;
  /** Told of every report without findings. */
  onReport?(report: LogReport): void;
  /** Told when the log does not answer; it is asked again. */
  onSilence?(fault: Error): void;
  /** Ends the watch: the last report is the answer. */
  signal?: AbortSignal;
}

/**
 * A cache may serve an old checkpoint for some seconds, so a smaller tree counts as a rollback only
 * when it is still there at the third look. A fork has no such excuse.
 */
const LOOKS_AT_A_ROLLBACK = 3;

/**
 * Audits a log at every interval until something is found, and answers with that. Throws LogSucceeded
 * when another log has taken its place.
 */
export async function followLog(watch: LogWatch, options: FollowOptions): Promise<LogReport> {
  const { intervalSeconds, onReport, onSilence, signal } = options;
  let rollbacks = 0;
  for (let last: LogReport | undefined; ;) {
    const report = await watch.inspect().catch((fault: Error) => {
      if (!last || fault instanceof LogSucceeded) throw fault;
      onSilence?.(fault);
    });
    if (report) {
      last = report;
      const isRolledBack = report.findings.some(({ name }) => name === 'rolled-back');
      rollbacks = isRolledBack ? rollbacks + 1 : 0;
      if (report.findings.length === 0) onReport?.(report);
      else if (!isRolledBack || rollbacks >= LOOKS_AT_A_ROLLBACK) return report;
    }
    await pause(intervalSeconds * 1000, signal);
    if (signal?.aborted && last) return last;
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resume) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resume();
    }
  });
}
