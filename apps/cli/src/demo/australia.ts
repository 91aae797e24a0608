import { dateDaysAgo, daysAgo } from './calendar.js';
import type { AustralianCast } from './cast.js';
import { handOver } from './handing-over.js';
import { drawn, lost, made } from './material.js';
import type { Narrator } from './narrator.js';
import type { RunningRegistry } from './registries.js';
import { witnessedCheckpoint } from './witnessing.js';

/** What leaves Australia: a certified, released batch of oxide and the evidence that proves it. */
export interface ReleasedOxide {
  batch: string;
  bundle: Uint8Array;
}

/** Mined at Laverton, handed over, cracked and separated at Kalgoorlie, assayed. */
export async function produceOxide(cast: AustralianCast, tell: Narrator): Promise<string> {
  const concentrate = await mineConcentrate(cast, tell);
  const sold = { from: cast.miner, to: cast.separator, transfersTitle: true };
  await handOver({ ...sold, batch: concentrate, kilograms: '13000', days: 235 }, tell);
  const oxide = await separateOxide(cast, concentrate, tell);
  await assayOxide(cast, oxide, tell);
  return oxide;
}

async function mineConcentrate({ miner }: AustralianCast, tell: Narrator): Promise<string> {
  const concentrate = miner.id('batches', 'CONC-0318');
  const percents = { La2O3: '9.6', CeO2: '18.4', Nd2O3: '7.4', Pr6O11: '2.35', Dy2O3: '0.12' };
  const more = { custodyModel: 'identity-preserved', hsCode: '2530.90' };
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
          outputs: [made(concentrate, 'concentrate', '13000', percents, more)],
          losses: [],
        },
        { blind: ['/credentialSubject/outputs/0/lot'] },
      ),
  );
  return concentrate;
}

async function separateOxide({ separator }: AustralianCast, concentrate: string, tell: Narrator) {
  const oxide = separator.id('batches', 'NDPR-0427');
  const lanthanumCerium = separator.id('batches', 'LACE-0427');
  const percents = { Nd2O3: '74.8', Pr6O11: '24.9' };
  const more = { hsCode: '2846.90' };
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
          inputs: [drawn(concentrate, '13000')],
          outputs: [
            made(oxide, 'oxide', '1100', percents, more),
            made(lanthanumCerium, 'compound', '4100', { La2O3: '27.5', CeO2: '53.0' }, more),
          ],
          losses: [
            lost('sample', '0.5', percents),
            lost('discharge', '7400', { Nd2O3: '1.4', Pr6O11: '0.35' }),
          ],
        },
        { blind: ['/credentialSubject/outputs/0/lot', '/credentialSubject/outputs/1/lot'] },
      ),
  );
  return oxide;
}

async function assayOxide(
  { laboratory, accreditor }: AustralianCast,
  oxide: string,
  tell: Narrator,
) {
  await tell.step(laboratory, 'assays it by ICP-OES under its ISO/IEC 17025 accreditation', () =>
    laboratory.say('Assay', {
      batch: oxide,
      accreditation: accreditor.id('accreditations', 'L-2041'),
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
}

/** Certified at home, then locked for import at one registry by one importer. */
export async function releaseOxide(
  { separator }: AustralianCast,
  oxide: string,
  { did, origin, jurisdiction, statementKey, domain }: RunningRegistry,
  importer: string,
  tell: Narrator,
): Promise<ReleasedOxide> {
  const certificate = await tell.certify(separator, oxide);
  await tell.step(separator, `releases it, with title, for import at ${domain}`, () =>
    separator.say('Release', {
      batch: oxide,
      certificate: certificate.id,
      destination: { registry: did, origin, jurisdiction, key: statementKey },
      importer,
      transfersTitle: true,
      releasedAt: daysAgo(180),
    }),
  );
  const entitled = await separator.reading();
  await witnessedCheckpoint(separator.registry);
  return { batch: oxide, bundle: await entitled.bytes(`/certificates/${certificate.path}/bundle`) };
}
