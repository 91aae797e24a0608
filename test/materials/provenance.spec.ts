import {
  certificateFacts,
  MATERIAL_DECIDERS,
  readBatch,
  replay,
  walkProvenance,
} from '#lib/materials';
import { didOf, keyNamed } from '../support/recording-ledger.js';
import {
  accreditationSubject,
  assaySubject,
  batchId,
  certificateId,
  composition,
  mass,
  NDPR_METAL,
  originSubject,
  output,
  statusSubject,
} from '../support/statements.js';
import { Outback, REGISTRY, REGISTRY_KEY_NAME, separatorBatch } from './outback.js';

const PART = separatorBatch('C-1a');
const OXIDE = separatorBatch('O-1');
const ALLOY = batchId(didOf('magnetmaker'), 'A-1');

const at = (day: number) => ({
  start: `2026-03-0${day}T00:00:00Z`,
  end: `2026-03-0${day}T06:00:00Z`,
});

/** Mine, part to the separator, oxide, whole to the magnet maker, alloy with bought-in iron. */
function chain() {
  const ledger = new Outback();
  const concentrate = ledger.concentrate();
  const offer = ledger.offer('miner', 'separator', concentrate, mass('10000'), {
    dispatchedAt: '2026-03-02T00:00:00Z',
    transfersTitle: true,
  });
  ledger.answer('separator', offer, concentrate, {
    newBatch: PART,
    receivedAt: '2026-03-03T00:00:00Z',
  });
  const oxide = output(OXIDE, {
    quantity: mass('1000'),
    composition: composition({ Nd2O3: '75', Pr6O11: '20' }),
  });
  ledger.make(['crack', 'separate', 'calcine'], [[PART, mass('10000')]], [oxide], at(4));
  ledger.say(
    'laboratory',
    'Assay',
    assaySubject(OXIDE, ledger.accreditation, {
      sampledOn: '2026-03-04',
      testedOn: '2026-03-05',
    }),
  );
  const sale = ledger.offer('separator', 'magnetmaker', OXIDE, mass('1000'), {
    dispatchedAt: '2026-03-05T00:00:00Z',
    transfersTitle: true,
  });
  ledger.answer('magnetmaker', sale, OXIDE, { receivedAt: '2026-03-06T00:00:00Z' });
  const iron = ledger.intake('magnetmaker', ledger.plant, 'FE-1', {
    supplier: didOf('ironmonger'),
  });
  const alloy = output(ALLOY, {
    form: 'alloy',
    quantity: mass('1300'),
    composition: composition({ Nd: '45', Pr: '12', Fe: '38' }),
  });
  ledger.say('magnetmaker', 'MakeEvent', {
    facility: ledger.plant,
    steps: ['reduce', 'cast'],
    ...at(7),
    inputs: [
      { batch: OXIDE, quantity: mass('1000') },
      { batch: iron, quantity: mass('600') },
    ],
    outputs: [alloy],
    losses: [],
  });
  return { ledger, concentrate, iron };
}

const types = (records: { signed: { statement: { type: readonly string[] } } }[]) =>
  records.map(({ signed }) => signed.statement.type[1]);

describe('the provenance of a batch', () => {
  it('goes up to mines and intakes, with all they rest on, in the order of the log', async () => {
    const { ledger } = chain();
    const { records } = await walkProvenance({ history: ledger.history }, ALLOY);
    const indices = records.map((record) => record.at.index);
    expect(indices).toEqual(indices.toSorted((a, b) => a - b));
    expect(new Set(types(records))).toEqual(
      new Set([
        'RegistryGenesis',
        'PartyRegistration',
        'FacilityRegistration',
        'Accreditation',
        'MakeEvent',
        'HandoverOffer',
        'HandoverAnswer',
        'Assay',
        'Intake',
      ]),
    );
  });

  it('leaves out what siblings did, and whom it does not need', async () => {
    const { ledger, concentrate, iron } = chain();
    const before = await walkProvenance({ history: ledger.history }, ALLOY);
    ledger.handOver('miner', 'haulier', concentrate, mass('5'), batchId(didOf('haulier'), 'X'));
    const rest = ledger.batch(iron).leftMg;
    ledger.handOver('magnetmaker', 'separator', iron, mass('400'));
    const forged = output(separatorBatch('S'), {
      form: 'metal',
      composition: composition({ Fe: '99' }),
      quantity: mass('399'),
    });
    ledger.make(['split'], [[iron, mass('400')]], [forged], at(8));
    expect([rest, ledger.batch(iron).leftMg]).toEqual(['400000000', '0']);
    expect(await walkProvenance({ history: ledger.history }, ALLOY)).toEqual(before);
    const parties = before.records.map(({ signed }) => signed.statement.credentialSubject);
    expect(parties).not.toContainEqual(expect.objectContaining({ id: didOf('haulier') }));
  });

  it('finds what was said of an ancestor long after: a recall, a late origin, a second assay', async () => {
    const { ledger, concentrate, iron } = chain();
    const said = [
      ledger.say('miner', 'StatusChange', statusSubject('batch', concentrate, 'revoke')),
      ledger.say('ironmonger', 'OriginDeclaration', originSubject(iron)),
      ledger.say('laboratory', 'Assay', assaySubject(OXIDE, ledger.accreditation)),
      ledger.say('authority', 'StatusChange', statusSubject('facility', ledger.works, 'suspend')),
      ledger.say(
        'accreditor',
        'StatusChange',
        statusSubject('accreditation', ledger.accreditation, 'revoke'),
      ),
    ];
    const { records } = await walkProvenance({ history: ledger.history }, ALLOY);
    for (const record of said) expect(records).toContain(record);
  });

  it('follows keys that came later, and their revocation', async () => {
    const { ledger, iron } = chain();
    const add = [keyNamed('ironmonger-2')];
    const by = ['ironmonger', 'ironmonger-2'];
    const subject = { id: didOf('ironmonger'), add, retire: [] };
    const rotation = ledger.say('ironmonger', 'KeyRotation', subject, { by });
    ledger.say('ironmonger', 'OriginDeclaration', originSubject(iron), { by: ['ironmonger-2'] });
    const revocation = ledger.say('authority', 'KeyRevocation', {
      id: didOf('ironmonger'),
      publicKeyMultibase: add[0],
      reason: 'compromised',
      effectiveFrom: '2026-03-09T00:00:00Z',
    });
    const { records } = await walkProvenance({ history: ledger.history }, ALLOY);
    expect(records).toEqual(expect.arrayContaining([rotation, revocation]));
  });

  it('of the batch itself holds every draw, so that what is left can be told', async () => {
    const { ledger } = chain();
    const half = { form: 'alloy', composition: composition({ Nd: '45', Pr: '12', Fe: '38' }) };
    const piece = output(batchId(didOf('magnetmaker'), 'A-2'), { ...half, quantity: mass('100') });
    const split = {
      facility: ledger.plant,
      steps: ['split'],
      ...at(8),
      losses: [],
      outputs: [piece],
      inputs: [{ batch: ALLOY, quantity: mass('100') }],
    };
    ledger.say('magnetmaker', 'MakeEvent', split);
    ledger.handOver(
      'magnetmaker',
      'haulier',
      ALLOY,
      mass('200'),
      batchId(didOf('haulier'), 'H'),
      8,
    );
    const { records } = await walkProvenance({ history: ledger.history }, ALLOY);
    const again = readBatch({ get: (key) => replay(records, MATERIAL_DECIDERS).get(key) }, ALLOY);
    expect(again).toEqual(ledger.batch(ALLOY));
    expect(again!.leftMg).toBe('1000000000');
  });

  it('replays to the very state that the whole log has of the batch', async () => {
    const { ledger } = chain();
    for (const id of [ALLOY, OXIDE, PART]) {
      ledger.say('authority', 'StatusChange', statusSubject('batch', id, 'suspend'));
      const { records } = await walkProvenance({ history: ledger.history }, id);
      const state = replay(records, MATERIAL_DECIDERS);
      expect(state.get(`batch:${id}`)).toEqual(ledger.state.get(`batch:${id}`));
    }
  });

  it('carries certificates that were superseded, so that the live one can be decided again', async () => {
    const { ledger } = chain();
    const first = await ledger.certify(ALLOY, 1);
    const second = certificateId(REGISTRY, 2);
    const subject = statusSubject('certificate', first, 'supersede', { supersededBy: second });
    ledger.say(REGISTRY, 'StatusChange', subject, { by: [REGISTRY_KEY_NAME] });
    await ledger.certify(ALLOY, 2);
    const { records } = await walkProvenance({ history: ledger.history }, ALLOY);
    expect(types(records).filter((type) => type === 'Certificate')).toHaveLength(2);
    const state = replay(records, MATERIAL_DECIDERS);
    expect(state.get(`batch:${ALLOY}`)).toMatchObject({ certificate: { id: second } });
  });

  it('of a batch that nobody made is empty', async () => {
    const { ledger } = chain();
    const { records } = await walkProvenance({ history: ledger.history }, separatorBatch('none'));
    expect(records).toEqual([]);
  });
});

describe('a replay', () => {
  it('stops at what the rules refuse, and at what they do not know', async () => {
    const { ledger } = chain();
    const { records } = await walkProvenance({ history: ledger.history }, ALLOY);
    const withoutIntake = records.filter(({ signed }) => signed.statement.type[1] !== 'Intake');
    expect(() => replay(withoutIntake, MATERIAL_DECIDERS)).toThrow(/reference-unknown/);
    expect(() => replay(records, {})).toThrow(TypeError);
  });
});

describe('the facts of a certificate', () => {
  it('are the same from the same statements, in whatever order they are read', async () => {
    const { ledger } = chain();
    const straight = await ledger.facts(ALLOY);
    const history = async (keys: readonly string[]) => (await ledger.history(keys)).toReversed();
    const provenance = await walkProvenance({ history }, ALLOY);
    expect(certificateFacts(provenance, ledger.state)).toEqual(straight);
  });

  it('name every step, intake, handover and assay, with the elements that went through', async () => {
    const { ledger, concentrate, iron } = chain();
    const facts = await ledger.facts(ALLOY);
    expect(
      facts.processes.map(({ steps, elements, assurance }) => [steps, elements, assurance.level]),
    ).toEqual([
      [['mine', 'beneficiate'], ['Nd', 'Pr'], 'counterparty-confirmed'],
      [['crack', 'separate', 'calcine'], ['Nd', 'Pr'], 'counterparty-confirmed'],
      [['reduce', 'cast'], ['Fe', 'Nd', 'Pr'], 'self-declared'],
    ]);
    expect(facts.intakes).toMatchObject([
      { batch: iron, elements: ['Fe'], origins: [], supplier: didOf('ironmonger') },
    ]);
    expect(facts.handovers).toMatchObject([
      { batch: concentrate, newBatch: PART, from: didOf('miner'), to: didOf('separator') },
      { batch: OXIDE, from: didOf('separator'), to: didOf('magnetmaker') },
    ]);
    expect(facts.assays).toMatchObject([
      {
        batch: OXIDE,
        laboratory: didOf('laboratory'),
        assurance: { standard: 'ISO/IEC 17025:2017', date: '2026-03-05' },
      },
    ]);
    expect(facts.quantityAssurance.level).toBe('self-declared');
    expect(facts.compositionAssurance.level).toBe('self-declared');
  });

  it('tell who stands behind the mass and the composition of what was handed over', async () => {
    const { ledger } = chain();
    const part = batchId(didOf('separator'), 'A-1b');
    ledger.handOver('magnetmaker', 'separator', ALLOY, mass('100'), part, 8);
    const { accreditation } = ledger;
    const extended = { scope: { methods: ['ICP-OES'], forms: ['alloy'] } };
    const alloys = `${accreditation}-A`;
    ledger.say(
      'accreditor',
      'Accreditation',
      accreditationSubject(alloys, didOf('laboratory'), extended),
    );
    const measured = { composition: NDPR_METAL, sampledOn: '2026-03-08', testedOn: '2026-03-08' };
    ledger.say('laboratory', 'Assay', assaySubject(ALLOY, alloys, measured));
    const facts = await ledger.facts(part);
    expect(facts.quantityAssurance.level).toBe('counterparty-confirmed');
    expect(facts.compositionAssurance).toMatchObject({
      level: 'accredited-third-party',
      accreditation: alloys,
    });
  });

  it('set the supplier’s word above the holder’s', async () => {
    const { ledger, iron } = chain();
    ledger.say('magnetmaker', 'OriginDeclaration', originSubject(iron));
    ledger.say('ironmonger', 'OriginDeclaration', originSubject(iron));
    const { intakes } = await ledger.facts(ALLOY);
    expect(intakes[0]!.origins.map(({ assurance }) => assurance.level)).toEqual([
      'self-declared',
      'counterparty-confirmed',
    ]);
  });
});
