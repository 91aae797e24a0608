import { randomBytes } from 'node:crypto';
import type { Json } from '#lib/documents';
import { blind, signedBody, type Saying } from './signed-statement.js';
import { composition, daysAgo, type World, type Works } from './works.js';

/** What every event makes of 10 t of feed: plausible by yield, form and mass balance. */
const PRODUCT = { Nd2O3: '75', Pr6O11: '20' };

/**
 * Bodies of MakeEvents, each signed, each of one input and one output with lot and mass blinded:
 * 1.5 to 2 KB, as a separation works would say. The works take turns; numbers from `first` on make
 * every lot and batch id its own.
 */
export async function makeEvents(world: World, count: number, first = 0): Promise<Uint8Array[]> {
  const times = { created: daysAgo(0), start: daysAgo(1), end: daysAgo(0.5) };
  const bodies: Uint8Array[] = [];
  for (let n = first; n < first + count; n++)
    bodies.push(await signedBody(event(worksOf(world, n), n, times), times.created));
  return bodies;
}

/** The works whose event number `n` is. */
export function worksOf({ works }: World, n: number): Works {
  return works[n % works.length]!;
}

interface EventTimes {
  start: string;
  end: string;
}

function event(works: Works, n: number, { start, end }: EventTimes): Saying {
  const { key, facility, feeds } = works;
  const feed = feeds[Math.floor(n / 64) % feeds.length]!;
  const lot = blind(salt(), `LOT ${n}`);
  const quantity = blind(salt(), mass('1700', 'KGM'));
  const output = {
    id: `${key.did}/batches/O-${n}`,
    lot: lot.blinded,
    form: 'oxide',
    quantity: quantity.blinded,
    composition: composition(PRODUCT),
    custodyModel: 'segregated',
  };
  const subject = {
    facility,
    steps: ['crack', 'separate', 'calcine'],
    start,
    end,
    inputs: [{ batch: feed, quantity: mass('10', 'TNE') }],
    outputs: [output],
    losses: [],
  };
  const disclosures = [lot.disclosure, quantity.disclosure];
  return { issuer: key, type: 'MakeEvent', subject, disclosures };
}

function mass(value: string, unit: string): { [name: string]: Json } {
  return { value, unit, basis: 'net' };
}

function salt(): string {
  return randomBytes(16).toString('base64url');
}
