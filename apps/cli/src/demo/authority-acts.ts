import { dateDaysAgo } from './calendar.js';
import type { AmericanCast } from './cast.js';
import { claim, paper } from './material.js';
import type { Narrator } from './narrator.js';
import type { RunningRegistry } from './registries.js';

/** The US authority recognises one foreign registry: what, from when, until when. Returns its id. */
export async function recognise(
  { authority }: AmericanCast,
  au: RunningRegistry,
  tell: Narrator,
): Promise<string> {
  const id = authority.id('recognitions', 'AU-2026-1');
  await tell.step(
    authority,
    'recognises facts certified by the Australian registry: oxide and metal, one way, two years',
    () =>
      authority.say('Recognition', {
        id,
        registry: au.did,
        jurisdiction: au.jurisdiction,
        origin: au.origin,
        logKey: au.vkey,
        scope: {
          forms: ['compound', 'oxide', 'metal'],
          steps: ['mine', 'beneficiate', 'crack', 'separate', 'calcine', 'reduce'],
          custodyModels: ['identity-preserved', 'segregated'],
          minimumAssurance: 'self-declared',
        },
        validFrom: dateDaysAgo(300),
        validUntil: dateDaysAgo(-430),
        instrument: 'Illustrative arrangement on critical-mineral records',
      }),
  );
  return id;
}

/** The supplier closes the gap that the assessment named. */
export async function declareBoron(
  { ferroboronSupplier }: AmericanCast,
  ferroboron: string,
  tell: Narrator,
) {
  await tell.step(
    ferroboronSupplier,
    'declares where the boron and its iron come from, with evidence',
    () =>
      ferroboronSupplier.say('OriginDeclaration', {
        batch: ferroboron,
        origins: [
          claim('B', 'mine', 'TR'),
          claim('B', 'separate', 'TR'),
          claim('Fe', 'mine', 'US'),
          claim('B+Fe', 'reduce', 'US'),
          claim('B+Fe', 'cast', 'US'),
        ],
        evidence: [paper('Colemanite bill of lading and melt log', '3')],
      }),
  );
}
