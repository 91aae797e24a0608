import type { RegistryClient } from '../registry-client.js';
import { Actor } from './actor.js';
import { dateDaysAgo } from './calendar.js';
import { mass } from './material.js';
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

export async function castAustralia(registry: RunningRegistry): Promise<AustralianCast> {
  const act = actorsAt(registry.client, 'AU');
  const authority = new Actor(
    'Office of Mineral Provenance',
    'AU',
    registry.client,
    registry.authority,
  );
  const cast = {
    authority,
    accreditor: act('Southern Cross Accreditation'),
    miner: act('Wandarra Mining Pty Ltd'),
    separator: act('Goldfields Separation Pty Ltd'),
    laboratory: act('Swan River Assay Laboratory'),
  };
  await register(authority, cast.accreditor, ['accreditation-body']);
  await register(authority, cast.miner, ['processor']);
  await register(authority, cast.separator, ['processor']);
  await register(authority, cast.laboratory, ['laboratory']);
  await cast.accreditor.say('Accreditation', {
    id: cast.accreditor.id('accreditations', 'L-2041'),
    holder: cast.laboratory.did,
    standard: 'ISO/IEC 17025:2017',
    scope: { methods: ['ICP-OES'], forms: ['concentrate', 'compound', 'oxide'] },
    validFrom: dateDaysAgo(700),
    validUntil: dateDaysAgo(-395),
  });
  await cast.miner.say(
    'FacilityRegistration',
    {
      id: cast.miner.id('facilities', 'laverton'),
      name: 'Laverton pit and concentrator',
      country: 'AU',
      subdivision: 'AU-WA',
      location: { latitude: '-28.86', longitude: '122.54' },
      licensedSteps: ['mine', 'beneficiate'],
      capacity: [{ step: 'beneficiate', perYear: mass('26000', 'TNE') }],
    },
    { with: [authority] },
  );
  await cast.separator.say(
    'FacilityRegistration',
    {
      id: cast.separator.id('facilities', 'kalgoorlie'),
      name: 'Kalgoorlie cracking and separation works',
      country: 'AU',
      subdivision: 'AU-WA',
      location: { latitude: '-30.78', longitude: '121.47' },
      licensedSteps: ['crack', 'separate', 'calcine', 'split', 'blend'],
      capacity: [{ step: 'calcine', perYear: mass('9000', 'TNE') }],
    },
    { with: [authority] },
  );
  return cast;
}

export async function castAmerica(registry: RunningRegistry): Promise<AmericanCast> {
  const act = actorsAt(registry.client, 'US');
  const authority = new Actor(
    'Bureau of Critical Materials Records',
    'US',
    registry.client,
    registry.authority,
  );
  const cast = {
    authority,
    metalMaker: act('Blue Ridge Metals LLC'),
    alloyMaker: act('Piedmont Alloys Inc'),
    magnetMaker: act('Carolina Magnetics Inc'),
    carrier: act('Cumberland Freight Co'),
    ferroboronSupplier: act('Lakes Ferroalloy Corp'),
    prime: act('Tidewater Defense Systems'),
  };
  await register(authority, cast.metalMaker, ['processor']);
  await register(authority, cast.alloyMaker, ['processor']);
  await register(authority, cast.magnetMaker, ['processor']);
  await register(authority, cast.carrier, ['carrier']);
  await register(authority, cast.ferroboronSupplier, ['supplier']);
  await register(authority, cast.prime, ['buyer']);
  await registerAmericanPlants(cast);
  return cast;
}

async function registerAmericanPlants(cast: AmericanCast): Promise<void> {
  const plant = (
    operator: Actor,
    local: string,
    name: string,
    subdivision: string,
    location: { latitude: string; longitude: string },
    licensedSteps: string[],
    perYear: string,
  ) =>
    operator.say(
      'FacilityRegistration',
      {
        id: operator.id('facilities', local),
        name,
        country: 'US',
        subdivision,
        location,
        licensedSteps,
        capacity: [{ step: licensedSteps.at(-1)!, perYear: mass(perYear, 'TNE') }],
      },
      { with: [cast.authority] },
    );
  await plant(
    cast.metalMaker,
    'roanoke',
    'Roanoke electrolysis plant',
    'US-VA',
    { latitude: '37.27', longitude: '-79.94' },
    ['split', 'blend', 'reduce'],
    '600',
  );
  await plant(
    cast.alloyMaker,
    'greenville',
    'Greenville strip-casting plant',
    'US-SC',
    { latitude: '34.85', longitude: '-82.40' },
    ['split', 'blend', 'cast'],
    '1200',
  );
  await plant(
    cast.magnetMaker,
    'durham',
    'Durham magnet plant',
    'US-NC',
    { latitude: '35.99', longitude: '-78.90' },
    [
      'split',
      'blend',
      'recycle',
      'cast',
      'decrepitate',
      'mill',
      'press',
      'sinter',
      'machine',
      'diffuse',
      'coat',
      'magnetise',
    ],
    '1000',
  );
}

function actorsAt(registry: RegistryClient, country: string) {
  return (name: string) => new Actor(name, country, registry);
}

/** The authority admits a party; the party signs too, to prove that it holds the key. */
function register(authority: Actor, party: Actor, roles: string[]) {
  return authority.say(
    'PartyRegistration',
    {
      id: party.did,
      name: party.name,
      country: party.country,
      roles,
      keys: [party.key.publicKeyMultibase],
    },
    { with: [party] },
  );
}
