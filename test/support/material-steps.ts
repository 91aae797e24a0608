import type { Composition, Quantity } from '#lib/documents';
import type { KeySigner } from '#lib/keys';
import type { LogRecord, MemoryLog } from './memory-log.js';

/** A mass on the net basis. */
export const mass = (value: string, unit: Quantity['unit'] = 'KGM') =>
  ({ value, unit, basis: 'net' }) as const;

/** Mass fractions by substance, in percent. */
export const composition = (percents: Record<string, string>): Composition =>
  Object.entries(percents).map(([substance, percent]) => ({ substance, percent }));

/** RFC 3339, so many days before the log's clock. */
export const ago = (log: MemoryLog, days: number): string =>
  new Date(Date.parse(log.now) - days * 86_400_000).toISOString();

/** The UTC day of an RFC 3339 time. */
export const day = (time: string): string => time.slice(0, 10);

/** Registers a facility of an operator, signed too by the authority of its country. */
export async function facility(
  log: MemoryLog,
  operator: KeySigner,
  name: string,
  licensedSteps: string[],
): Promise<string> {
  const id = `${operator.did}/facilities/${name}`;
  await log.say(
    operator,
    'FacilityRegistration',
    {
      id,
      name: `The ${name}`,
      country: log.jurisdiction,
      location: { latitude: '-28.86', longitude: '122.54' },
      licensedSteps,
      capacity: [],
    },
    { with: [log.authority], blind: ['/name'] },
  );
  return id;
}

/** Offers a batch, or a part under a new name, with title or without; the receiver accepts. */
export async function handOver(
  log: MemoryLog,
  from: KeySigner,
  to: KeySigner,
  batch: string,
  quantity: Quantity,
  { newBatch, transfersTitle = true }: { newBatch?: string; transfersTitle?: boolean } = {},
): Promise<LogRecord> {
  const offer = await log.say(
    from,
    'HandoverOffer',
    {
      batch,
      to: to.did,
      quantity,
      transfersTitle,
      dispatchedAt: ago(log, 0),
      validUntil: ago(log, -30),
    },
    { blind: ['/quantity'] },
  );
  log.later(1);
  const part = newBatch === undefined ? {} : { newBatch };
  return log.say(
    to,
    'HandoverAnswer',
    {
      offer: offer.signed.digest,
      batch,
      answer: 'accepted',
      quantity,
      receivedAt: ago(log, 0),
      ...part,
    },
    { blind: ['/quantity'] },
  );
}

/** A batch, and how much of it goes in. */
export type Input = readonly [batch: string, quantity: Quantity];

/** The subject of a MakeEvent with one output that ended a quarter of a day ago. */
export function make(
  log: MemoryLog,
  place: string,
  steps: string[],
  inputs: readonly Input[],
  product: Record<string, unknown>,
): Record<string, unknown> {
  return {
    facility: place,
    steps,
    start: ago(log, 0.5),
    end: ago(log, 0.25),
    inputs: inputs.map(([batch, quantity]) => ({ batch, quantity })),
    outputs: [product],
    losses: [],
  };
}

/** One output of a MakeEvent, but for its composition. */
export function output(
  id: string,
  lot: string,
  form: string,
  quantity: Quantity,
  custodyModel = 'identity-preserved',
): Record<string, unknown> {
  return { id, lot, form, quantity, custodyModel };
}

/** Takes in bought material whose elements were mined in America. */
export function intake(
  log: MemoryLog,
  holder: KeySigner,
  place: string,
  id: string,
  quantity: Quantity,
  percents: Record<string, string>,
): Promise<LogRecord> {
  return log.say(holder, 'Intake', {
    id,
    lot: id.split('/').pop()!,
    form: 'metal',
    quantity,
    composition: composition(percents),
    custodyModel: 'segregated',
    facility: place,
    receivedAt: ago(log, 0),
    source: 'bought-in',
    origins: [{ elements: Object.keys(percents), step: 'mine', country: 'US' }],
    evidence: [],
  });
}
