import { Sequencer, type FaultListener, type Log, type Pool, type SignedTree } from '#lib/store';
import type { Configuration } from '../configuration.js';
import { LEDGER_DECIDERS } from '../deciders.js';
import type { WriteGate } from '../witness/write-gate.js';
import { SequencerHere } from './sequencer-here.js';
import { SequencerThread } from './sequencer-thread.js';
import type { Sequencing } from './sequencing.js';

/** What a sequencer is made from, wherever it runs. */
export interface SequencingParts {
  configuration: Configuration;
  databaseUrl: string;
  /** The registry's DID. */
  did: string;
  pool: Pool;
  log: Log;
  gate: WriteGate;
  onFault: FaultListener;
  onCommit(tree: SignedTree): void;
}

/** The sequencer, on a thread of its own where there is a compiled one. */
export function startSequencing(parts: SequencingParts): Sequencing {
  const { configuration, databaseUrl, did, pool, log, gate, onFault, onCommit } = parts;
  const { origin, predecessors = [] } = log;
  if (SequencerThread.isCompiled()) {
    const names = { did, origin, predecessors: predecessors.map((past) => past.origin) };
    const start = { configuration, databaseUrl, ...names };
    return new SequencerThread({ start, gate, onFault, onCommit });
  }
  const requireWritable = () => gate.requireOpen();
  const deciders = LEDGER_DECIDERS;
  return new SequencerHere(
    new Sequencer({ pool, log, deciders, onFault, requireWritable, onCommit }),
  );
}
