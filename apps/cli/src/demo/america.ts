import type { Actor } from './actor.js';
import type { ReleasedOxide } from './australia.js';
import { daysAgo, hoursAhead } from './calendar.js';
import { composition, mass, type AmericanCast } from './cast.js';
import { importReleased } from './importing.js';
import type { Narrator } from './narrator.js';

/** The batches of the American chapter that later scenes speak of. */
export interface AmericanBatches {
  oxide: string;
  ferroboron: string;
  alloyPart: string;
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
  const oxide = await importReleased(cast.metalMaker, released, recognition, tell);
  const metal = await reduce(cast, oxide, tell);
  await handOver(cast.metalMaker, cast.alloyMaker, metal, '805', true, 150, tell);
  const ferroboron = await buyIronAndFerroboron(cast, tell);
  const alloy = await castAlloy(cast, metal, tell);
  const alloyPart = await handOverPart(cast, alloy, tell);
  const { magnets, scrap } = await makeMagnets(cast, alloyPart, tell);
  return { oxide, ferroboron, alloyPart, magnets, scrap };
}

async function reduce({ metalMaker }: AmericanCast, oxide: string, tell: Narrator) {
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
        inputs: [{ batch: oxide, quantity: mass('1000') }],
        outputs: [
          {
            id: metal,
            lot: 'M-061',
            form: 'metal',
            quantity: mass('805'),
            composition: composition({ Nd: '75.5', Pr: '24.3' }),
            custodyModel: 'segregated',
            hsCode: '2805.30',
          },
        ],
        losses: [
          {
            kind: 'discharge',
            quantity: mass('60'),
            composition: composition({ Nd: '45', Pr: '14' }),
          },
        ],
      }),
  );
  return metal;
}

async function buyIronAndFerroboron(cast: AmericanCast, tell: Narrator): Promise<string> {
  const { alloyMaker } = cast;
  const facility = alloyMaker.id('facilities', 'greenville');
  await tell.step(alloyMaker, 'takes in 2,000 kg of iron, mined and reduced in the US', () =>
    alloyMaker.say(
      'Intake',
      {
        id: alloyMaker.id('batches', 'FE-220'),
        lot: 'FE-220',
        form: 'metal',
        quantity: mass('2000'),
        composition: composition({ Fe: '99.8' }),
        custodyModel: 'segregated',
        facility,
        receivedAt: daysAgo(149),
        source: 'bought-in',
        supplierName: 'Mesabi Pure Iron',
        origins: [
          { elements: ['Fe'], step: 'mine', country: 'US' },
          { elements: ['Fe'], step: 'reduce', country: 'US' },
        ],
        evidence: [document('Mill certificate 220-A', '1')],
      },
      { blind: ['/credentialSubject/supplierName'] },
    ),
  );
  const ferroboron = alloyMaker.id('batches', 'FEB-031');
  await tell.step(
    alloyMaker,
    'takes in 160 kg of ferroboron whose origin nobody has declared yet',
    () =>
      alloyMaker.say('Intake', {
        id: ferroboron,
        lot: 'FEB-031',
        form: 'alloy',
        quantity: mass('160'),
        composition: composition({ B: '18.5', Fe: '80.2' }),
        custodyModel: 'segregated',
        facility,
        receivedAt: daysAgo(149),
        source: 'bought-in',
        supplier: cast.ferroboronSupplier.did,
        origins: [],
        evidence: [],
      }),
  );
  return ferroboron;
}

async function castAlloy(
  { alloyMaker }: AmericanCast,
  metal: string,
  tell: Narrator,
): Promise<string> {
  const alloy = alloyMaker.id('batches', 'SC-118');
  await tell.step(alloyMaker, 'strip-casts 2,650 kg of NdFeB alloy at Greenville, SC', () =>
    alloyMaker.say('MakeEvent', {
      facility: alloyMaker.id('facilities', 'greenville'),
      steps: ['cast'],
      start: daysAgo(140),
      end: daysAgo(138),
      inputs: [
        { batch: metal, quantity: mass('805') },
        { batch: alloyMaker.id('batches', 'FE-220'), quantity: mass('1780') },
        { batch: alloyMaker.id('batches', 'FEB-031'), quantity: mass('150') },
      ],
      outputs: [
        {
          id: alloy,
          lot: 'SC-118',
          form: 'alloy',
          quantity: mass('2650'),
          composition: composition({ Nd: '22.4', Pr: '7.2', Fe: '69.1', B: '1.02' }),
          custodyModel: 'segregated',
        },
      ],
      losses: [
        {
          kind: 'unaccounted',
          quantity: mass('60'),
          composition: composition({ Nd: '22', Pr: '7', Fe: '69', B: '1' }),
        },
      ],
    }),
  );
  return alloy;
}

/** One partial lot: 1,300 of 2,650 kg move, under a new batch id that the receiver names. */
async function handOverPart(cast: AmericanCast, alloy: string, tell: Narrator): Promise<string> {
  const { alloyMaker, magnetMaker } = cast;
  const part = magnetMaker.id('batches', 'SC-118-A');
  const offer = await tell.step(
    alloyMaker,
    'offers 1,300 kg of the alloy, with title, to Carolina Magnetics',
    () =>
      alloyMaker.say('HandoverOffer', {
        batch: alloy,
        to: magnetMaker.did,
        quantity: mass('1300'),
        transfersTitle: true,
        dispatchedAt: daysAgo(130),
        validUntil: hoursAhead(72),
      }),
  );
  await tell.step(magnetMaker, 'accepts the partial lot and names it anew', () =>
    magnetMaker.say('HandoverAnswer', {
      offer: offer.digest,
      batch: alloy,
      answer: 'accepted',
      quantity: mass('1300'),
      newBatch: part,
      receivedAt: daysAgo(129),
    }),
  );
  return part;
}

/** First run, scrap back into a remelt, late dysprosium, second run. */
async function makeMagnets(cast: AmericanCast, alloyPart: string, tell: Narrator) {
  const { magnetMaker } = cast;
  const facility = magnetMaker.id('facilities', 'durham');
  const own = (local: string) => magnetMaker.id('batches', local);
  const milling = ['decrepitate', 'mill', 'press', 'sinter', 'machine'];

  await tell.step(
    magnetMaker,
    'sinters and machines a first run at Durham, NC; 172 kg of swarf become a scrap lot',
    () =>
      magnetMaker.say('MakeEvent', {
        facility,
        steps: [...milling, 'coat', 'magnetise'],
        start: daysAgo(120),
        end: daysAgo(112),
        inputs: [{ batch: alloyPart, quantity: mass('650') }],
        outputs: [
          {
            id: own('MAG-500'),
            lot: 'MAG-500',
            form: 'magnet',
            quantity: mass('455'),
            composition: composition({ Nd: '22.3', Pr: '7.15', Fe: '69.0', B: '1.01' }),
            custodyModel: 'segregated',
            pieces: 11375,
            hsCode: '8505.11',
          },
          {
            id: own('SWARF-500'),
            lot: 'SWARF-500',
            form: 'scrap',
            quantity: mass('172'),
            composition: composition({ Nd: '22.2', Pr: '7.1', Fe: '68.5', B: '1.00' }),
            custodyModel: 'segregated',
          },
        ],
        losses: [
          {
            kind: 'sample',
            quantity: mass('1'),
            composition: composition({ Nd: '22.3', Pr: '7.1', Fe: '69', B: '1' }),
          },
        ],
      }),
  );

  await tell.step(
    magnetMaker,
    'remelts the scrap into 163 kg of alloy: what was lost goes back in',
    () =>
      magnetMaker.say('MakeEvent', {
        facility,
        steps: ['recycle', 'cast'],
        start: daysAgo(108),
        end: daysAgo(106),
        inputs: [{ batch: own('SWARF-500'), quantity: mass('172') }],
        outputs: [
          {
            id: own('REMELT-07'),
            lot: 'REMELT-07',
            form: 'alloy',
            quantity: mass('163'),
            composition: composition({ Nd: '22.6', Pr: '7.2', Fe: '68.9', B: '1.01' }),
            custodyModel: 'segregated',
          },
        ],
        losses: [],
      }),
  );

  await tell.step(
    magnetMaker,
    'takes in 8 kg of dysprosium: mined in Brazil, separated in Estonia, reduced in Britain',
    () =>
      magnetMaker.say('Intake', {
        id: own('DY-014'),
        lot: 'DY-014',
        form: 'metal',
        quantity: mass('8'),
        composition: composition({ Dy: '99.5' }),
        custodyModel: 'segregated',
        facility,
        receivedAt: daysAgo(104),
        source: 'bought-in',
        supplierName: 'Mersey Rare Metals Ltd',
        origins: [
          { elements: ['Dy'], step: 'mine', country: 'BR' },
          { elements: ['Dy'], step: 'separate', country: 'EE' },
          { elements: ['Dy'], step: 'reduce', country: 'GB' },
        ],
        evidence: [document('Supplier declaration DY-014', '2')],
      }),
  );

  await tell.step(
    magnetMaker,
    'sinters and machines the second run, remelt included: 572 kg of blanks',
    () =>
      magnetMaker.say('MakeEvent', {
        facility,
        steps: milling,
        start: daysAgo(100),
        end: daysAgo(94),
        inputs: [
          { batch: alloyPart, quantity: mass('650') },
          { batch: own('REMELT-07'), quantity: mass('163') },
        ],
        outputs: [
          {
            id: own('BLANK-501'),
            lot: 'BLANK-501',
            form: 'magnet',
            quantity: mass('572'),
            composition: composition({ Nd: '22.3', Pr: '7.1', Fe: '68.8', B: '1.00' }),
            custodyModel: 'segregated',
          },
          {
            id: own('SWARF-501'),
            lot: 'SWARF-501',
            form: 'scrap',
            quantity: mass('225'),
            composition: composition({ Nd: '22.0', Pr: '7.0', Fe: '68.3', B: '0.99' }),
            custodyModel: 'segregated',
          },
        ],
        losses: [{ kind: 'unaccounted', quantity: mass('12') }],
      }),
  );

  await tell.step(
    magnetMaker,
    'diffuses the dysprosium in, coats and magnetises: 560 kg of magnets, 14,000 pieces',
    () =>
      magnetMaker.say('MakeEvent', {
        facility,
        steps: ['diffuse', 'coat', 'magnetise'],
        start: daysAgo(93),
        end: daysAgo(90),
        inputs: [
          { batch: own('BLANK-501'), quantity: mass('572') },
          { batch: own('DY-014'), quantity: mass('6') },
        ],
        outputs: [
          {
            id: own('MAG-501'),
            lot: 'MAG-501',
            form: 'magnet',
            quantity: mass('560'),
            composition: composition({ Nd: '22.1', Pr: '7.0', Dy: '0.95', Fe: '68.2', B: '0.99' }),
            custodyModel: 'segregated',
            pieces: 14000,
            hsCode: '8505.11',
          },
          {
            id: own('REJECT-501'),
            lot: 'REJECT-501',
            form: 'scrap',
            quantity: mass('16'),
            composition: composition({ Nd: '22.1', Pr: '7.0', Dy: '0.9', Fe: '68.2', B: '0.99' }),
            custodyModel: 'segregated',
          },
        ],
        losses: [],
      }),
  );
  return { magnets: own('MAG-501'), scrap: own('SWARF-501') };
}

/** Offer and answer for the whole of a batch. */
export async function handOver(
  from: Actor,
  to: Actor,
  batch: string,
  kilograms: string,
  transfersTitle: boolean,
  days: number,
  tell: Narrator,
): Promise<void> {
  const offer = await tell.step(
    from,
    `hands over ${kilograms} kg${transfersTitle ? ', with title,' : ''} to ${to.name}`,
    () =>
      from.say('HandoverOffer', {
        batch,
        to: to.did,
        quantity: mass(kilograms),
        transfersTitle,
        dispatchedAt: daysAgo(days),
        validUntil: hoursAhead(72),
      }),
  );
  await tell.step(to, 'signs for it', () =>
    to.say('HandoverAnswer', {
      offer: offer.digest,
      batch,
      answer: 'accepted',
      quantity: mass(kilograms),
      receivedAt: daysAgo(days - 1),
    }),
  );
}

/** A paper outside the ledger; the demo's papers are made up, and so are their digests. */
function document(title: string, seed: string) {
  return { title, digest: seed.repeat(64), mediaType: 'application/pdf' };
}
