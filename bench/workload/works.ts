import type { Json } from '#lib/documents';
import { generateKey, signerOf, type KeySigner } from '#lib/keys';
import { signedBody, type Saying } from './signed-statement.js';

/** A processor with one licensed facility and feed in stock. */
export interface Works {
  key: KeySigner;
  facility: string;
  /** Ids of batches that it holds, each far larger than the bench will ever draw. */
  feeds: string[];
}

/** The parties of a workload, and the bodies that make a registry know them. */
export interface World {
  authority: KeySigner;
  works: Works[];
  /** To be recorded first, in this order. */
  founding: Uint8Array[];
}

/** Feeds for each works: enough that few statements of one batch draw from the same. */
const FEEDS = 8;
const STEPS = ['crack', 'separate', 'calcine'];
const FEED = { CeO2: '30', Nd2O3: '15', Pr6O11: '4' };

/** Mass fractions by substance, in percent. */
export function composition(percents: Record<string, string>): Json[] {
  return Object.entries(percents).map(([substance, percent]) => ({ substance, percent }));
}

/** Registers so many processors, each with its facility and its feed. */
export async function foundWorld(count: number, jurisdiction = 'AU'): Promise<World> {
  const authority = signerOf(generateKey());
  const created = new Date(Date.now() - 60_000).toISOString();
  const works: Works[] = [];
  const founding: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const key = signerOf(generateKey());
    const facility = `${key.did}/facilities/works`;
    const feeds = Array.from({ length: FEEDS }, (_, n) => `${key.did}/batches/FEED-${n}`);
    works.push({ key, facility, feeds });
    for (const saying of [
      registration(authority, key, i, jurisdiction),
      licence(authority, key, facility, jurisdiction),
      ...feeds.map((id) => stock(key, id, facility)),
    ])
      founding.push(await signedBody(saying, created));
  }
  return { authority, works, founding };
}

function registration(authority: KeySigner, key: KeySigner, i: number, country: string): Saying {
  const name = `Separation works ${i}`;
  const keys = [key.publicKeyMultibase];
  const subject = { id: key.did, name, country, roles: ['processor'], keys };
  return { issuer: authority, type: 'PartyRegistration', subject, with: key };
}

function licence(authority: KeySigner, key: KeySigner, id: string, country: string): Saying {
  const subject = {
    id,
    name: 'The works',
    country,
    location: { latitude: '-28.86', longitude: '122.54' },
    licensedSteps: STEPS,
    capacity: [],
  };
  return { issuer: key, type: 'FacilityRegistration', subject, with: authority };
}

function stock(key: KeySigner, id: string, facility: string): Saying {
  const subject = {
    id,
    lot: id.split('/').at(-1)!,
    form: 'concentrate',
    quantity: { value: '100000000', unit: 'TNE', basis: 'net' },
    composition: composition(FEED),
    custodyModel: 'segregated',
    facility,
    receivedAt: daysAgo(30),
    source: 'bought-in',
    origins: [{ elements: ['Ce', 'Nd', 'Pr'], step: 'mine', country: 'AU' }],
    evidence: [],
  };
  return { issuer: key, type: 'Intake', subject };
}

/** RFC 3339, so many days before now. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}
