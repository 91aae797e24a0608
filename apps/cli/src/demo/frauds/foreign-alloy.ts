import type { Verdict } from '#lib/documents';
import { assessCertificate } from '../assessing.js';
import { daysAgo } from '../calendar.js';
import { composition, mass } from '../material.js';
import type { Fraud, Stage } from '../stage.js';

const SM2CO17 = composition({ Sm: '25.5', Co: '50.0', Fe: '16.0', Cu: '6.0', Zr: '2.5' });

/** The F-35 case of 2022: SmCo alloy melted in China, magnetised in the US. */
export const alloyMeltedInChina: Fraud = {
  name: 'alloy-melted-in-china',
  title: 'Alloy melted in China, declared as such and magnetised in the US (the F-35 case)',
  async attempt(stage) {
    const verdict = await magnetsFrom(stage, 'CN-ALLOY', 'alloy', 'bought-in', [
      { elements: ['Sm', 'Co', 'Fe', 'Cu', 'Zr'], step: 'cast', country: 'CN' },
    ]);
    return {
      refused: verdict === 'non-compliant',
      problem: verdict,
      detail:
        'the certificate shows where it was melted; every step is judged, never the last country alone',
    };
  },
};

/** The same alloy, its origin hidden by calling it collected scrap. */
export const scrapOfUnknownOrigin: Fraud = {
  name: 'scrap-of-unknown-origin',
  title: 'The same alloy hidden as scrap of unknown origin',
  async attempt(stage) {
    const verdict = await magnetsFrom(stage, 'MYSTERY', 'scrap', 'collected-scrap', []);
    return {
      refused: verdict === 'indeterminate',
      problem: verdict,
      detail: 'absence of evidence is indeterminate, never compliant',
    };
  },
};

/** Takes SmCo material in, makes magnets of it in the US, certifies them and asks for the verdict. */
async function magnetsFrom(
  { america, tell }: Stage,
  local: string,
  form: string,
  source: string,
  origins: { elements: string[]; step: string; country: string }[],
): Promise<Verdict> {
  const { magnetMaker } = america;
  const intake = magnetMaker.id('batches', local);
  const magnets = magnetMaker.id('batches', `MAG-${local}`);
  const facility = magnetMaker.id('facilities', 'durham');
  await magnetMaker.say('Intake', {
    id: intake,
    lot: local,
    form,
    quantity: mass('50'),
    composition: SM2CO17,
    custodyModel: 'segregated',
    facility,
    receivedAt: daysAgo(60),
    source,
    origins,
    evidence: [],
  });
  await magnetMaker.say('MakeEvent', {
    facility,
    steps: ['mill', 'press', 'sinter', 'machine', 'magnetise'],
    start: daysAgo(50),
    end: daysAgo(48),
    inputs: [{ batch: intake, quantity: mass('50') }],
    outputs: [
      {
        id: magnets,
        lot: `MAG-${local}`,
        form: 'magnet',
        quantity: mass('38'),
        composition: composition({ Sm: '25.4', Co: '49.8', Fe: '15.9', Cu: '5.9', Zr: '2.4' }),
        custodyModel: 'segregated',
      },
    ],
    losses: [],
  });
  const certificate = await tell.certify(magnetMaker, magnets);
  const { result } = await assessCertificate(magnetMaker.registry, certificate, '2027-02-15');
  return result.verdict;
}
