import type { Trust } from '#lib/documents';
import { formatBundle } from '#lib/verification';
import { bundleOf, certify } from '../../test/support/evidence.js';
import { daysAgo } from '../workload/works.js';
import { composition, facility, make, mass, output } from '../../test/support/material-steps.js';
import type { LogRecord } from '../../test/support/memory-log.js';
import { LongLog } from './long-log.js';

/** A certified magnet with its evidence. */
export interface CertifiedChain {
  log: LongLog;
  certificate: LogRecord;
  /** The exact bytes of its bundle. */
  bundle: Uint8Array;
  trust: Trust;
}

const STEPS = ['mine', 'beneficiate', 'separate', 'calcine', 'reduce', 'cast', 'mill', 'sinter'];
const OXIDE = { Nd2O3: '75', Pr6O11: '20' };

/** What each step makes of what the one before it made; powder is milled as often as is left. */
const MADE = [
  { steps: ['mine', 'beneficiate'], form: 'concentrate', content: { Nd2O3: '75', Pr6O11: '20' } },
  { steps: ['separate', 'calcine'], form: 'oxide', content: OXIDE },
  { steps: ['reduce'], form: 'metal', content: { Nd: '60', Pr: '15' } },
  { steps: ['cast'], form: 'alloy', content: { Nd: '60', Pr: '15' } },
  { steps: ['mill'], form: 'powder', content: { Nd: '60', Pr: '15' } },
] as const;
const MAGNET = { steps: ['sinter'], form: 'magnet', content: { Nd: '60', Pr: '15' } } as const;

/** From a mine to a magnet in so many events, each signed and recorded, at one works. */
export async function chainOfCustody(events: number): Promise<CertifiedChain> {
  const log = new LongLog('AU', 'registry.au.example', daysAgo(300));
  await log.genesis();
  const maker = await log.party('Outback Magnets Pty Ltd', ['processor']);
  const works = await facility(log, maker, 'works', STEPS);
  let batch: string | undefined;
  for (let i = 0; i < events; i++) {
    const { steps, form, content } =
      i === events - 1 ? MAGNET : MADE[Math.min(i, MADE.length - 1)]!;
    const id = `${maker.did}/batches/B-${i}`;
    const quantity = mass('1000');
    const product = { ...output(id, `B ${i}`, form, quantity), composition: composition(content) };
    const inputs = batch === undefined ? [] : ([[batch, quantity]] as const);
    await log.say(maker, 'MakeEvent', make(log, works, [...steps], inputs, product));
    log.later(0.5);
    batch = id;
  }
  const certificate = await certify(log, batch!);
  const bundle = formatBundle(await bundleOf(log, certificate));
  const trust: Trust = { type: 'LodestoneTrust', version: 1, registries: [log.trusted] };
  return { log, certificate, bundle, trust };
}
