import type { ReleasedOxide } from './australia.js';
import { daysAgo } from './calendar.js';
import type { AmericanCast } from './cast.js';
import { handOver } from './handing-over.js';
import { importReleased } from './importing.js';
import { makeMagnets } from './magnets.js';
import { claim, drawn, lost, made, paper } from './material.js';
import type { Narrator } from './narrator.js';

/** The batches of the American chapter that later scenes speak of. */
export interface AmericanBatches {
  oxide: string;
  ferroboron: string;
  magnets: string;
  scrap: string;
}

/** Imported, reduced, alloyed, sintered, its scrap remelted, magnetised: Virginia to North Carolina. */
export async function produceMagnets(
  cast: AmericanCast,
  released: ReleasedOxide,
  recognition: string,
  tell: Narrator,
): Promise<AmericanBatches> {
  const { metalMaker, alloyMaker, magnetMaker } = cast;
  const oxide = await importReleased(metalMaker, released, recognition, tell);
  const metal = await reduceOxide(cast, oxide, tell);
  const sold = { from: metalMaker, to: alloyMaker, transfersTitle: true };
  await handOver({ ...sold, batch: metal, kilograms: '805', days: 150 }, tell);
  await buyIron(cast, tell);
  const ferroboron = await buyFerroboron(cast, tell);
  const alloy = await castAlloy(cast, metal, ferroboron, tell);
  const part = magnetMaker.id('batches', 'SC-118-A');
  const resold = { from: alloyMaker, to: magnetMaker, transfersTitle: true };
  await handOver({ ...resold, batch: alloy, kilograms: '1300', days: 130, newBatch: part }, tell);
  return { oxide, ferroboron, ...(await makeMagnets(magnetMaker, part, tell)) };
}

async function reduceOxide({ metalMaker }: AmericanCast, oxide: string, tell: Narrator) {
  const metal = metalMaker.id('batches', 'NDPR-M-061');
  await tell.step(
    metalMaker,
    'reduces 1,000 kg of the oxide to 805 kg of NdPr metal at Roanoke, VA',
    () =>
      metalMaker.say('MakeEvent', {
        facility: metalMaker.id('facilities', 'roanoke'),
        steps: ['reduce'],
        start: daysAgo(162),
        end: daysAgo(158),
        inputs: [drawn(oxide, '1000')],
        outputs: [made(metal, 'metal', '805', { Nd: '75.5', Pr: '24.3' }, { hsCode: '2805.30' })],
        losses: [lost('discharge', '60', { Nd: '45', Pr: '14' })],
      }),
  );
  return metal;
}

async function buyIron({ alloyMaker }: AmericanCast, tell: Narrator) {
  await tell.step(alloyMaker, 'takes in 2,000 kg of iron, mined and reduced in the US', () =>
    alloyMaker.say(
      'Intake',
      {
        ...made(alloyMaker.id('batches', 'FE-220'), 'metal', '2000', { Fe: '99.8' }),
        facility: alloyMaker.id('facilities', 'greenville'),
        receivedAt: daysAgo(149),
        source: 'bought-in',
        supplierName: 'Mesabi Pure Iron',
        origins: [claim('Fe', 'mine', 'US'), claim('Fe', 'reduce', 'US')],
        evidence: [paper('Mill certificate 220-A', '1')],
      },
      { blind: ['/credentialSubject/supplierName'] },
    ),
  );
}

async function buyFerroboron(cast: AmericanCast, tell: Narrator): Promise<string> {
  const { alloyMaker, ferroboronSupplier } = cast;
  const ferroboron = alloyMaker.id('batches', 'FEB-031');
  await tell.step(
    alloyMaker,
    'takes in 160 kg of ferroboron whose origin nobody has declared yet',
    () =>
      alloyMaker.say('Intake', {
        ...made(ferroboron, 'alloy', '160', { B: '18.5', Fe: '80.2' }),
        facility: alloyMaker.id('facilities', 'greenville'),
        receivedAt: daysAgo(149),
        source: 'bought-in',
        supplier: ferroboronSupplier.did,
        origins: [],
        evidence: [],
      }),
  );
  return ferroboron;
}

async function castAlloy(
  { alloyMaker }: AmericanCast,
  metal: string,
  ferroboron: string,
  tell: Narrator,
): Promise<string> {
  const alloy = alloyMaker.id('batches', 'SC-118');
  const iron = alloyMaker.id('batches', 'FE-220');
  await tell.step(alloyMaker, 'strip-casts 2,650 kg of NdFeB alloy at Greenville, SC', () =>
    alloyMaker.say('MakeEvent', {
      facility: alloyMaker.id('facilities', 'greenville'),
      steps: ['cast'],
      start: daysAgo(140),
      end: daysAgo(138),
      inputs: [drawn(metal, '805'), drawn(iron, '1780'), drawn(ferroboron, '150')],
      outputs: [made(alloy, 'alloy', '2650', { Nd: '22.4', Pr: '7.2', Fe: '69.1', B: '1.02' })],
      losses: [lost('unaccounted', '60', { Nd: '22', Pr: '7', Fe: '69', B: '1' })],
    }),
  );
  return alloy;
}
