import type { KeySigner } from '#lib/keys';
import {
  ago,
  composition,
  day,
  facility,
  handOver,
  intake,
  make,
  mass,
  output,
  type Input,
} from './material-steps.js';
import type { MemoryLog } from './memory-log.js';

/** Everybody in the Australian chapter, and what they made. All are fictitious. */
export interface Australia {
  miner: KeySigner;
  separator: KeySigner;
  laboratory: KeySigner;
  accreditation: string;
  concentrate: string;
  part: string;
  oxide: string;
}

/** From the genesis to an assayed oxide: mined, parted, handed over, separated. */
export async function australianOxide(log: MemoryLog): Promise<Australia> {
  await log.genesis();
  const miner = await log.party('Wandarra Mining Pty Ltd', ['processor']);
  const separator = await log.party('Goldfields Separation Pty Ltd', ['processor']);
  const laboratory = await log.party('Swan River Assay Laboratory', ['laboratory']);
  const accreditor = await log.party('Southern Cross Accreditation', ['accreditation-body']);
  const accreditation = `${accreditor.did}/accreditations/L-2041`;
  await log.say(accreditor, 'Accreditation', {
    id: accreditation,
    holder: laboratory.did,
    standard: 'ISO/IEC 17025:2017',
    scope: { methods: ['ICP-OES'], forms: ['oxide'] },
    validFrom: day(ago(log, 400)),
    validUntil: day(ago(log, -400)),
  });
  const mine = await facility(log, miner, 'mine', ['mine', 'beneficiate']);
  const works = await facility(log, separator, 'works', ['crack', 'separate', 'calcine']);
  const [concentrate, part] = [`${miner.did}/batches/C-1`, `${separator.did}/batches/C-1a`];
  const oxide = `${separator.did}/batches/O-1`;

  await log.say(
    miner,
    'MakeEvent',
    make(log, mine, ['mine', 'beneficiate'], [], {
      ...output(concentrate, 'C 1', 'concentrate', mass('20', 'TNE')),
      composition: composition({ CeO2: '30', Nd2O3: '15', Pr6O11: '4' }),
    }),
    { blind: ['/outputs/0/lot'] },
  );
  log.later(1);
  await handOver(log, miner, separator, concentrate, mass('10', 'TNE'), { newBatch: part });
  log.later(9);
  await log.say(
    separator,
    'MakeEvent',
    make(log, works, ['crack', 'separate', 'calcine'], [[part, mass('10', 'TNE')]], {
      ...output(oxide, 'O 1', 'oxide', mass('1700')),
      composition: composition({ Nd2O3: '75', Pr6O11: '20' }),
    }),
    { blind: ['/outputs/0/lot', '/outputs/0/quantity'] },
  );
  log.later(1);
  await log.say(laboratory, 'Assay', {
    batch: oxide,
    accreditation,
    method: 'ICP-OES',
    sampledOn: day(log.now),
    testedOn: day(log.now),
    composition: [
      { substance: 'Nd2O3', percent: '75.1', uncertainty: '0.4' },
      { substance: 'Pr6O11', percent: '19.9', uncertainty: '0.3' },
    ],
    report: { title: 'Report 2041-17', digest: 'ab'.repeat(32), mediaType: 'application/pdf' },
  });
  return { miner, separator, laboratory, accreditation, concentrate, part, oxide };
}

/** Everybody in the American chapter. All are fictitious. */
export interface America {
  metalMaker: KeySigner;
  magnetMaker: KeySigner;
  recognition: string;
}

/** Genesis, parties, and the recognition of the other registry for a year from now. */
export async function americanParties(
  log: MemoryLog,
  home: MemoryLog,
  change: Record<string, unknown> = {},
): Promise<America> {
  await log.genesis();
  const metalMaker = await log.party('Blue Ridge Metals LLC', ['processor']);
  const magnetMaker = await log.party('Piedmont Magnetics Inc', ['processor']);
  const recognition = `${log.authority.did}/recognitions/AU-1`;
  await log.say(log.authority, 'Recognition', {
    id: recognition,
    registry: home.registry,
    jurisdiction: home.jurisdiction,
    origin: home.origin,
    logKey: home.logKey,
    scope: {
      forms: ['oxide'],
      steps: ['mine', 'beneficiate', 'crack', 'separate', 'calcine'],
      custodyModels: ['identity-preserved', 'segregated'],
      minimumAssurance: 'self-declared',
    },
    validFrom: day(ago(log, 30)),
    validUntil: day(ago(log, -365)),
    instrument: 'Exchange of letters of 1 March 2026',
    ...change,
  });
  return { metalMaker, magnetMaker, recognition };
}

/** Metal, then alloy with iron and ferroboron from outside, then magnets. Returns the magnets. */
export async function americanMagnets(
  log: MemoryLog,
  { metalMaker, magnetMaker }: America,
  oxide: string,
): Promise<string> {
  const smelter = await facility(log, metalMaker, 'smelter', ['reduce']);
  const plant = await facility(log, magnetMaker, 'plant', [
    'cast',
    'decrepitate',
    'mill',
    'press',
    'sinter',
    'machine',
    'magnetise',
  ]);
  const metal = `${metalMaker.did}/batches/M-1`;
  const [iron, ferroboron] = [`${magnetMaker.did}/batches/FE-1`, `${magnetMaker.did}/batches/FB-1`];
  const [alloy, magnets] = [`${magnetMaker.did}/batches/A-1`, `${magnetMaker.did}/batches/G-1`];
  await log.say(
    metalMaker,
    'MakeEvent',
    make(log, smelter, ['reduce'], [[oxide, mass('1700')]], {
      ...output(metal, 'M 1', 'metal', mass('1300')),
      composition: composition({ Nd: '79', Pr: '20.3' }),
    }),
  );
  log.later(1);
  // The magnet maker works for hire: what it makes of the metal stays the metal maker's.
  await handOver(log, metalMaker, magnetMaker, metal, mass('1300'), { transfersTitle: false });
  log.later(1);
  await intake(log, magnetMaker, plant, iron, mass('2700'), { Fe: '99.5' });
  await intake(log, magnetMaker, plant, ferroboron, mass('250'), { B: '18', Fe: '80' });
  log.later(2);
  const inputs: Input[] = [
    [metal, mass('1300')],
    [iron, mass('2700')],
    [ferroboron, mass('250')],
  ];
  const content = composition({ Nd: '24.5', Pr: '6.2', Fe: '68', B: '1' });
  await log.say(
    magnetMaker,
    'MakeEvent',
    make(log, plant, ['cast'], inputs, {
      ...output(alloy, 'A 1', 'alloy', mass('4100'), 'segregated'),
      composition: content,
    }),
  );
  log.later(2);
  await log.say(
    magnetMaker,
    'MakeEvent',
    make(
      log,
      plant,
      ['decrepitate', 'mill', 'press', 'sinter', 'machine', 'magnetise'],
      [[alloy, mass('4100')]],
      {
        ...output(magnets, 'G 1', 'magnet', mass('3000'), 'segregated'),
        composition: content,
        pieces: 60_000,
      },
    ),
  );
  log.later(1);
  return magnets;
}
