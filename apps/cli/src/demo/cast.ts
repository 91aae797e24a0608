import { Actor } from './actor.js';
import { dateDaysAgo } from './calendar.js';
import { registerPlant } from './plants.js';
import type { RunningRegistry } from './registries.js';

/** Everybody in the Australian chapter. All firms and offices are fictitious. */
export interface AustralianCast {
  authority: Actor;
  accreditor: Actor;
  miner: Actor;
  separator: Actor;
  laboratory: Actor;
}

/** Everybody in the American chapter. All firms and offices are fictitious. */
export interface AmericanCast {
  authority: Actor;
  metalMaker: Actor;
  alloyMaker: Actor;
  magnetMaker: Actor;
  carrier: Actor;
  ferroboronSupplier: Actor;
  prime: Actor;
}

/** Registers everybody and everything that the Australian chapter needs. */
export async function castAustralia(registry: RunningRegistry): Promise<AustralianCast> {
  const authority = authorityOf(registry, 'Office of Mineral Provenance');
  const admit = admittedBy(authority);
  const cast = {
    authority,
    accreditor: await admit('Southern Cross Accreditation', 'accreditation-body'),
    miner: await admit('Wandarra Mining Pty Ltd', 'processor'),
    separator: await admit('Goldfields Separation Pty Ltd', 'processor'),
    laboratory: await admit('Swan River Assay Laboratory', 'laboratory'),
  };
  await cast.accreditor.say('Accreditation', {
    id: cast.accreditor.id('accreditations', 'L-2041'),
    holder: cast.laboratory.did,
    standard: 'ISO/IEC 17025:2017',
    scope: { methods: ['ICP-OES'], forms: ['concentrate', 'compound', 'oxide'] },
    validFrom: dateDaysAgo(700),
    validUntil: dateDaysAgo(-395),
  });
  await registerPlant('laverton', cast.miner, authority);
  await registerPlant('kalgoorlie', cast.separator, authority);
  return cast;
}

/** Registers everybody and everything that the American chapter needs. */
export async function castAmerica(registry: RunningRegistry): Promise<AmericanCast> {
  const authority = authorityOf(registry, 'Bureau of Critical Materials Records');
  const admit = admittedBy(authority);
  const cast = {
    authority,
    metalMaker: await admit('Blue Ridge Metals LLC', 'processor'),
    alloyMaker: await admit('Piedmont Alloys Inc', 'processor'),
    magnetMaker: await admit('Carolina Magnetics Inc', 'processor'),
    carrier: await admit('Cumberland Freight Co', 'carrier'),
    ferroboronSupplier: await admit('Lakes Ferroalloy Corp', 'supplier'),
    prime: await admit('Tidewater Defense Systems', 'buyer'),
  };
  await registerPlant('roanoke', cast.metalMaker, authority);
  await registerPlant('greenville', cast.alloyMaker, authority);
  await registerPlant('durham', cast.magnetMaker, authority);
  return cast;
}

function authorityOf({ client, jurisdiction, authority }: RunningRegistry, name: string): Actor {
  return new Actor(name, jurisdiction, client, authority);
}

/** The authority admits a party; the party signs too, to prove that it holds the key. */
function admittedBy(authority: Actor) {
  return async (name: string, role: string): Promise<Actor> => {
    const { country, registry } = authority;
    const party = new Actor(name, country, registry);
    const keys = [party.key.publicKeyMultibase];
    const registration = { id: party.did, name, country, roles: [role], keys };
    await authority.say('PartyRegistration', registration, { with: [party] });
    return party;
  };
}
