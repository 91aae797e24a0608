import { Injectable } from '@nestjs/common';
import { refuse } from '#lib/problem';

/** Bundles that one process gathers or judges at the same time; each may hold thousands of signatures. */
export const BUNDLES_AT_ONCE = 8;

/** Keeps the work on evidence bundles from taking the whole process. */
@Injectable()
export class BundleLimit {
  private running = 0;

  /** Does the work now, or throws `rate-limited`: nothing waits in line. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= BUNDLES_AT_ONCE)
      throw refuse('rate-limited', `${BUNDLES_AT_ONCE} bundles are in work already.`, undefined, {
        extensions: { retryAfterSeconds: 2 },
      });
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
    }
  }
}
