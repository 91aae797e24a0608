import { setTimeout as sleep } from 'node:timers/promises';
import { generateKey, signerOf, type KeySigner } from '#lib/keys';
import { daysAgo, submission } from '../support/submission.js';
import type { Insistence, Testimony } from './testimony.js';

/** Where the statements of a load go, and who hears the answers. */
export interface Audience {
  testimony: Testimony;
  /** The processes that serve just now. */
  urls(): readonly string[];
  authority: KeySigner;
  insistence?: Insistence;
}

/** Enough for batches of several statements at any moment, and something left for the others. */
const BREATH_MS = 25;

/** Somebody who takes lots in, and two rivals to whom each whole lot is offered at the same moment. */
export interface Trade {
  holder: KeySigner;
  rivals: readonly KeySigner[];
  facility: string;
}

/** Registers the holder, the rivals and a facility. */
export async function openTrade(audience: Audience): Promise<Trade> {
  const [holder, ...rivals] = [1, 2, 3].map(() => signerOf(generateKey()));
  for (const key of [holder!, ...rivals]) await say(audience, await registration(audience, key));
  const facility = `${holder!.did}/facilities/works`;
  const subject = {
    id: facility,
    name: 'The works',
    country: 'AU',
    location: { latitude: '-28.86', longitude: '122.54' },
    licensedSteps: ['separate'],
    capacity: [],
  };
  const { authority } = audience;
  const body = await submission(holder!, 'FacilityRegistration', subject, { with: [authority] });
  await say(audience, body);
  return { holder: holder!, rivals, facility };
}

/** A party's registration, ready to be sent: a statement that no other stands in the way of. */
export function registration(
  { authority }: Pick<Audience, 'authority'>,
  key = signerOf(generateKey()),
): Promise<Uint8Array> {
  const keys = [key.publicKeyMultibase];
  const subject = { id: key.did, name: 'Somebody', country: 'AU', roles: ['processor'], keys };
  return submission(authority, 'PartyRegistration', subject, { with: [key] });
}

/** So many registrations at once at the first process that they fill several slices of a batch. */
export async function registerCrowd(audience: Audience, size = 150): Promise<void> {
  const bodies = await Promise.all(Array.from({ length: size }, () => registration(audience)));
  await Promise.all(bodies.map((body) => say(audience, body)));
}

/**
 * One lot's life: taken in, said twice at two processes, then offered whole to two rivals at the
 * same moment. Exactly one offer may stand, whatever befalls the processes meanwhile.
 */
export async function tradeLot(audience: Audience, trade: Trade, name: string): Promise<void> {
  const batch = `${trade.holder.did}/batches/${name}`;
  const [taken, ...offers] = await Promise.all([
    intake(trade, name),
    ...trade.rivals.map((rival) =>
      submission(trade.holder, 'HandoverOffer', {
        batch,
        to: rival.did,
        quantity: MASS,
        transfersTitle: true,
        dispatchedAt: daysAgo(1),
        validUntil: daysAgo(-3),
      }),
    ),
  ]);
  await Promise.all([say(audience, taken!), say(audience, taken!, 1)]);
  const answers = await Promise.all(offers.map((offer, i) => say(audience, offer, i)));
  const refusals = answers.filter((answer) => typeof answer === 'string');
  if (refusals.length !== 1 || refusals[0] !== 'batch-in-transit')
    throw new Error(`Of two offers of one lot ${2 - refusals.length} stand: ${refusals.join()}`);
}

/** A lot is taken in, and the half of it made into another: who makes says from what. */
export async function makeLot(audience: Audience, trade: Trade, lot: string): Promise<void> {
  await say(audience, await intake(trade, lot));
  const { holder, facility } = trade;
  const batch = (name: string) => `${holder.did}/batches/${name}`;
  const body = await submission(holder, 'MakeEvent', {
    facility,
    steps: ['separate'],
    start: daysAgo(2),
    end: daysAgo(1),
    inputs: [{ batch: batch(lot), quantity: MASS }],
    outputs: [
      {
        id: batch(`${lot}-made`),
        lot: `${lot}-made`,
        form: 'oxide',
        quantity: { ...MASS, value: '50' },
        composition: COMPOSITION,
        custodyModel: 'segregated',
      },
    ],
    losses: [],
  });
  const answer = await say(audience, body);
  if (typeof answer === 'string') throw new Error(`Nothing was made of ${lot}: ${answer}`);
}

/** Lots, one after another in each of so many hands, until told to stop; gives how many there were. */
export async function tradeUntil(
  audience: Audience,
  trade: Trade,
  hands: number,
  isOver: () => boolean,
): Promise<number> {
  const run = Math.random().toString(36).slice(2, 10);
  let lots = 0;
  const hand = async () => {
    for (; !isOver(); await sleep(BREATH_MS)) await tradeLot(audience, trade, `L-${run}-${lots++}`);
  };
  await Promise.all(Array.from({ length: hands }, hand));
  return lots;
}

/** Submits until the answer is final, first at the process of that number. */
function say({ testimony, urls, insistence }: Audience, body: Uint8Array, first = 0) {
  const turned = () => {
    const places = urls();
    const at = first % places.length;
    return [...places.slice(at), ...places.slice(0, at)];
  };
  return testimony.say(turned, body, insistence);
}

const COMPOSITION = [
  { substance: 'Nd2O3', percent: '75' },
  { substance: 'Pr6O11', percent: '20' },
];
const MASS = { value: '100', unit: 'KGM', basis: 'net' };

/** A lot's intake, ready to be sent. */
export function intake({ holder, facility }: Trade, lot: string): Promise<Uint8Array> {
  return submission(holder, 'Intake', {
    id: `${holder.did}/batches/${lot}`,
    lot,
    form: 'oxide',
    quantity: MASS,
    composition: COMPOSITION,
    custodyModel: 'segregated',
    facility,
    receivedAt: daysAgo(3),
    source: 'opening-stock',
    origins: [],
    evidence: [],
  });
}
