import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { eventItems, itemsOf } from '../workload/ledger-items.js';
import { makeEvents } from '../workload/make-events.js';
import { foundWorld } from '../workload/works.js';
import { foundedLedger } from './ledger-under-test.js';
import { measureAudit } from './measure-audit.js';
import { measureGrowth } from './measure-growth.js';
import { measureHttp } from './measure-http.js';
import { measureHypercore } from './measure-hypercore.js';
import { measureInsertsAlone } from './measure-inserts.js';
import { measureProofReads } from './measure-proof-reads.js';
import { measureSequencer, sequencerEvents } from './measure-sequencer.js';

const WORKS = 32;

/** Recording, proving and auditing: what the ledger does, beside the parts that it is made of. */
export async function measureLog(report: Report, scale: Scale): Promise<void> {
  report.section('log', 'Log');
  const world = await foundWorld(WORKS);
  const bodies = await makeEvents(world, Math.max(sequencerEvents(scale), scale.single));
  const events = eventItems(world, bodies, 0);
  report.value('bytes', 'bytes of a statement, signed', events[0]!.bytes.length, 'bytes');
  const founding = await itemsOf(world.founding);
  const inserts = await measureInsertsAlone(report, world, founding, events, scale);
  const ledger = await foundedLedger(world);
  try {
    const sequencer = await measureSequencer(report, ledger, events, scale);
    report.ratio(
      'sequencerToInsert',
      'sequencer ÷ multi-row INSERT of its rows',
      sequencer / inserts.values,
      '0.8',
    );
    report.ratio(
      'sequencerToRowPerTx',
      'sequencer ÷ one statement a transaction',
      sequencer / inserts.rowPerTransaction,
      'above 1',
    );
    await measureProofReads(report, ledger);
    await measureAudit(report, ledger);
  } finally {
    await ledger.close();
  }
  await measureHypercore(report, bodies);
  await measureHttp(report, world, scale);
  await measureGrowth(report, world, scale);
}
