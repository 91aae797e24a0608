import { daysAgo, dateDaysAgo, hoursAhead } from './calendar.js';
import { composition, mass, type AustralianCast } from './cast.js';
import type { Narrator } from './narrator.js';
import type { RunningRegistry } from './registries.js';

/** What leaves Australia: a certified, released batch of oxide and the evidence that proves it. */
export interface ReleasedOxide {
  batch: string;
  certificate: string;
  release: { origin: string; index: number; statement: string };
  bundle: Uint8Array;
}

/** Mined at Laverton, handed over, cracked and separated at Kalgoorlie, assayed, certified. */
export async function produceOxide(cast: AustralianCast, tell: Narrator): Promise<string> {
  const { miner, separator, laboratory } = cast;
  const concentrate = miner.id('batches', 'CONC-0318');
  const oxide = separator.id('batches', 'NDPR-0427');

  await tell.step(
    miner,
    'mines and concentrates 13 t of monazite concentrate at Laverton, WA',
    () =>
      miner.say(
        'MakeEvent',
        {
          facility: miner.id('facilities', 'laverton'),
          steps: ['mine', 'beneficiate'],
          start: daysAgo(250),
          end: daysAgo(240),
          inputs: [],
          outputs: [
            {
              id: concentrate,
              lot: 'C-0318',
              form: 'concentrate',
              quantity: mass('13', 'TNE'),
              composition: composition({
                La2O3: '9.6',
                CeO2: '18.4',
                Nd2O3: '7.4',
                Pr6O11: '2.35',
                Dy2O3: '0.12',
              }),
              custodyModel: 'identity-preserved',
              hsCode: '2530.90',
            },
          ],
          losses: [],
        },
        { blind: ['/credentialSubject/outputs/0/lot'] },
      ),
  );

  const offer = await tell.step(
    miner,
    'offers the concentrate, with title, to Goldfields Separation',
    () =>
      miner.say('HandoverOffer', {
        batch: concentrate,
        to: separator.did,
        quantity: mass('13', 'TNE'),
        transfersTitle: true,
        dispatchedAt: daysAgo(235),
        validUntil: hoursAhead(72),
        route: { from: 'AU', to: 'AU' },
      }),
  );
  await tell.step(separator, 'accepts the whole of it: both sides have signed the handover', () =>
    separator.say('HandoverAnswer', {
      offer: offer.digest,
      batch: concentrate,
      answer: 'accepted',
      quantity: mass('13', 'TNE'),
      receivedAt: daysAgo(233),
    }),
  );

  await tell.step(
    separator,
    'cracks, separates and calcines it at Kalgoorlie: 1,100 kg of NdPr oxide',
    () =>
      separator.say(
        'MakeEvent',
        {
          facility: separator.id('facilities', 'kalgoorlie'),
          steps: ['crack', 'separate', 'calcine'],
          start: daysAgo(230),
          end: daysAgo(208),
          inputs: [{ batch: concentrate, quantity: mass('13', 'TNE') }],
          outputs: [
            {
              id: oxide,
              lot: 'NP-0427',
              form: 'oxide',
              quantity: mass('1100'),
              composition: composition({ Nd2O3: '74.8', Pr6O11: '24.9' }),
              custodyModel: 'segregated',
              hsCode: '2846.90',
            },
            {
              id: separator.id('batches', 'LACE-0427'),
              lot: 'LC-0427',
              form: 'compound',
              quantity: mass('4100'),
              composition: composition({ La2O3: '27.5', CeO2: '53.0' }),
              custodyModel: 'segregated',
              hsCode: '2846.90',
            },
          ],
          losses: [
            {
              kind: 'sample',
              quantity: mass('0.5'),
              composition: composition({ Nd2O3: '74.8', Pr6O11: '24.9' }),
            },
            {
              kind: 'discharge',
              quantity: mass('7400'),
              composition: composition({ Nd2O3: '1.4', Pr6O11: '0.35' }),
            },
          ],
        },
        { blind: ['/credentialSubject/outputs/0/lot', '/credentialSubject/outputs/1/lot'] },
      ),
  );

  await tell.step(laboratory, 'assays it by ICP-OES under its ISO/IEC 17025 accreditation', () =>
    laboratory.say('Assay', {
      batch: oxide,
      accreditation: cast.accreditor.id('accreditations', 'L-2041'),
      method: 'ICP-OES',
      sampledOn: dateDaysAgo(206),
      testedOn: dateDaysAgo(204),
      composition: [
        { substance: 'Nd2O3', percent: '74.71', uncertainty: '0.35' },
        { substance: 'Pr6O11', percent: '24.95', uncertainty: '0.20' },
      ],
      report: {
        title: 'Assay report SR-26-1187',
        digest: '5f2c8e0b7f2d6c3fb0a7a5d6f0c1d2e3f4a5b6c7d8e9fa0b1c2d3e4f5a6b7c8d',
        mediaType: 'application/pdf',
      },
    }),
  );
  return oxide;
}

/** Certified at home, then locked for import at one registry by one importer. */
export async function releaseOxide(
  cast: AustralianCast,
  oxide: string,
  destination: RunningRegistry,
  importer: string,
  tell: Narrator,
): Promise<ReleasedOxide> {
  const { separator } = cast;
  const certificate = await tell.certify(separator, oxide);
  const receipt = await tell.step(
    separator,
    `releases it for import at ${destination.domain}`,
    () =>
      separator.say('Release', {
        batch: oxide,
        certificate: certificate.id,
        destination: {
          registry: destination.did,
          origin: destination.origin,
          jurisdiction: destination.jurisdiction,
          key: destination.statementKey,
        },
        importer,
        transfersTitle: true,
        releasedAt: daysAgo(180),
      }),
  );
  const release = { origin: receipt.origin, index: receipt.index, statement: receipt.digest };
  const entitled = await separator.reading();
  const bundle = await entitled.bytes(`/certificates/${certificate.path}/bundle`);
  return { batch: oxide, certificate: certificate.id, release, bundle };
}
