import type { LedgerItem } from '#lib/store';
import { latencyOf, perSecond, timed } from '../figures.js';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { appendAll, type LedgerUnderTest } from './ledger-under-test.js';

/** How many statements wait at any time: one alone, a few, one batch, and several batches. */
const WAITING = [1, 64, 256, 1024] as const;
const ALONE = 500;

/** (c) The sequencer alone, all rules in: its best rate at a full batch, in statements per second. */
export async function measureSequencer(
  report: Report,
  ledger: LedgerUnderTest,
  events: readonly LedgerItem[],
  scale: Scale,
): Promise<number> {
  let next = 0;
  let best = 0;
  for (const waiting of WAITING) {
    const count = waiting === 1 ? ALONE : scale.inserted;
    const part = events.slice(next, next + count);
    next += count;
    const { ms, value } = await timed(() => appendAll(ledger.sequencer, part, waiting));
    const rate = perSecond(part.length, ms);
    if (waiting >= 256) best = Math.max(best, rate);
    const title = `(c) the sequencer alone, ${waiting} waiting`;
    report.rate(`sequencer${waiting}`, title, rate, 'statements/s', latencyOf(value));
  }
  return best;
}

/** How many events `measureSequencer` appends. */
export function sequencerEvents(scale: Scale): number {
  return ALONE + (WAITING.length - 1) * scale.inserted;
}
