import type { Json } from '#lib/documents';
import type { Actor } from './actor.js';
import { mass } from './material.js';

/** The plants of the story; places are real, plants and capacities are not. */
const PLANTS = {
  laverton: {
    name: 'Laverton pit and concentrator',
    subdivision: 'AU-WA',
    location: { latitude: '-28.86', longitude: '122.54' },
    licensedSteps: ['mine', 'beneficiate'],
    capacity: [{ step: 'beneficiate', perYear: mass('26000', 'TNE') }],
  },
  kalgoorlie: {
    name: 'Kalgoorlie cracking and separation works',
    subdivision: 'AU-WA',
    location: { latitude: '-30.78', longitude: '121.47' },
    licensedSteps: ['crack', 'separate', 'calcine', 'split', 'blend'],
    capacity: [{ step: 'calcine', perYear: mass('9000', 'TNE') }],
  },
  roanoke: {
    name: 'Roanoke electrolysis plant',
    subdivision: 'US-VA',
    location: { latitude: '37.27', longitude: '-79.94' },
    licensedSteps: ['split', 'blend', 'reduce'],
    capacity: [{ step: 'reduce', perYear: mass('600', 'TNE') }],
  },
  greenville: {
    name: 'Greenville strip-casting plant',
    subdivision: 'US-SC',
    location: { latitude: '34.85', longitude: '-82.40' },
    licensedSteps: ['split', 'blend', 'cast'],
    capacity: [{ step: 'cast', perYear: mass('1200', 'TNE') }],
  },
  durham: {
    name: 'Durham magnet plant',
    subdivision: 'US-NC',
    location: { latitude: '35.99', longitude: '-78.90' },
    licensedSteps:
      'split blend recycle cast decrepitate mill press sinter machine diffuse coat magnetise'.split(
        ' ',
      ),
    capacity: [{ step: 'magnetise', perYear: mass('1000', 'TNE') }],
  },
} satisfies Record<string, Record<string, Json>>;

/** The operator registers a plant; the authority of the country where it stands signs too. */
export function registerPlant(local: keyof typeof PLANTS, operator: Actor, authority: Actor) {
  const subject = {
    id: operator.id('facilities', local),
    country: operator.country,
    ...PLANTS[local],
  };
  return operator.say('FacilityRegistration', subject, { with: [authority] });
}
