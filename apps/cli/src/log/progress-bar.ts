import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a long walk over a log has come. */
export interface ProgressBar {
  show(done: number, total: number): void;
  stop(): void;
}

/** A bar on standard error; nothing at all unless a person watches a terminal. */
export function progressBar(of: string): ProgressBar {
  if (!process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const format = `${of} {bar} {value}/{total} entries, {eta_formatted} left`;
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  let isShown = false;
  return {
    show: (done, total) => {
      if (!isShown) bar.start(total, done);
      isShown = true;
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
