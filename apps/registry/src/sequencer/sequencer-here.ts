import type { Sequencer } from '#lib/store';
import { appendTo, type Admission, type Sequencing, type VerifiedStatement } from './sequencing.js';

/** The sequencer on the thread that asks: where there is no compiled worker. */
export class SequencerHere implements Sequencing {
  constructor(private readonly sequencer: Sequencer) {}

  get waiting(): number {
    return this.sequencer.waiting;
  }

  append(statement: VerifiedStatement): Promise<Admission> {
    return appendTo(this.sequencer, statement);
  }

  close(): Promise<void> {
    return this.sequencer.close();
  }
}
