import { didOf, refusal } from '../support/recording-ledger.js';
import {
  batchId,
  makeSubject,
  mass,
  NDPR_METAL,
  NDPR_OXIDE,
  output,
  statusSubject,
} from '../support/statements.js';
import { Outback, separatorBatch } from './outback.js';

const metal = (change = {}) =>
  output(separatorBatch('M-1'), {
    form: 'metal',
    composition: NDPR_METAL,
    quantity: mass('80'),
    ...change,
  });

/** Reduces 100 kg of a tonne of oxide; the changes go to the event. */
const reduce = (ledger: Outback, oxide: string, change = {}, product = metal()) =>
  ledger.make(['reduce'], [[oxide, mass('100')]], [product], change);

describe('who may make something', () => {
  it('only a processor', () => {
    const ledger = new Outback();
    ledger.party('trader', ['supplier']);
    const shed = `${didOf('trader')}/facilities/shed`;
    ledger.facility('trader', shed, ['mine']);
    const dug = output(batchId(didOf('trader'), 'X'), { form: 'ore' });
    const attempt = () => ledger.say('trader', 'MakeEvent', makeSubject(shed, ['mine'], [], [dug]));
    refusal(attempt, 'role-missing', '/issuer');
  });

  it('only at a facility of its own', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const elsewhere = { facility: ledger.plant };
    refusal(() => reduce(ledger, oxide, elsewhere), 'not-operator', '/credentialSubject/facility');
  });

  it('only by steps that the facility is licensed for', () => {
    const ledger = new Outback();
    const dug = output(batchId(didOf('miner'), 'X'), { form: 'compound' });
    const event = makeSubject(ledger.mine, ['mine', 'crack'], [], [dug]);
    refusal(
      () => ledger.say('miner', 'MakeEvent', event),
      'facility-not-licensed',
      '/credentialSubject/steps/1',
    );
  });

  it('only of material that it holds', () => {
    const ledger = new Outback();
    const concentrate = ledger.concentrate();
    refusal(
      () => ledger.make(['crack'], [[concentrate, mass('1')]], [output(separatorBatch('X'))]),
      'not-custodian',
      '/credentialSubject/inputs/0/batch',
    );
  });
});

describe('when something may be made', () => {
  const PERIODS = [
    [
      'that ends before it starts',
      { end: '2026-03-02T05:59:59+08:00' },
      'time-out-of-order',
      'end',
    ],
    ['that is yet to end', { end: '2026-03-10T00:00:00.001Z' }, 'time-in-future', 'end'],
    [
      'that starts before its input was there',
      { start: '2026-03-01T07:59:59+08:00' },
      'time-out-of-order',
      'inputs/0/batch',
    ],
  ] as const;

  it.each(PERIODS)('an event %s is refused', (_, change, problem, field) => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    refusal(() => reduce(ledger, oxide, change), problem, `/credentialSubject/${field}`);
  });

  it('offsets are read, not compared as text', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    reduce(ledger, oxide, { start: '2026-02-28T20:00:00-04:00', end: '2026-03-10T13:59:59+14:00' });
    expect(ledger.batch(separatorBatch('M-1')).availableFrom).toBe('2026-03-10T13:59:59+14:00');
  });
});

describe('what may go in', () => {
  const INPUT = '/credentialSubject/inputs/0';

  it('not more than is left, neither at once nor in two rows', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const draw = (...kilograms: string[]) =>
      ledger.make(
        ['reduce'],
        kilograms.map((kg) => [oxide, mass(kg)] as const),
        [metal()],
      );
    refusal(() => draw('1000.000001'), 'mass-exceeded', `${INPUT}/quantity`);
    refusal(
      () => draw('600', '400.000001'),
      'mass-exceeded',
      '/credentialSubject/inputs/1/quantity',
    );
    draw('600', '400');
    expect(ledger.batch(oxide).leftMg).toBe('0');
  });

  it('nothing of a batch that is spent: one lot is spent once', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide('O-1', { quantity: mass('100') });
    reduce(ledger, oxide);
    const again = metal({ id: separatorBatch('M-2'), lot: 'LOT M-2' });
    refusal(() => reduce(ledger, oxide, {}, again), 'batch-spent', `${INPUT}/batch`);
  });

  it('nothing that the ledger does not hold', () => {
    const ledger = new Outback();
    const attempt = () => reduce(ledger, separatorBatch('none'));
    refusal(attempt, 'reference-unknown', `${INPUT}/batch`);
  });

  it('nothing that is on offer, until the offer lapses by itself', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    ledger.offer('separator', 'magnetmaker', oxide, mass('10'));
    refusal(() => reduce(ledger, oxide), 'batch-in-transit', `${INPUT}/batch`);
    ledger.now = '2026-04-03T00:00:00.000Z';
    refusal(() => reduce(ledger, oxide), 'batch-in-transit', `${INPUT}/batch`);
    ledger.now = '2026-04-03T00:00:00.001Z';
    reduce(ledger, oxide);
  });

  it('nothing that is suspended or recalled', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    for (const action of ['suspend', 'revoke']) {
      ledger.say('authority', 'StatusChange', statusSubject('batch', oxide, action));
      refusal(() => reduce(ledger, oxide), 'batch-not-active', `${INPUT}/batch`);
    }
  });

  it('nothing weighed on another basis than the batch', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const dry = () => ledger.make(['reduce'], [[oxide, mass('1', 'KGM', 'dry')]], [metal()]);
    refusal(dry, 'basis-mismatch', `${INPUT}/quantity/basis`);
  });

  it('nothing that belongs to another owner than the rest', () => {
    const ledger = new Outback();
    const mine = ledger.oxide();
    const theirs = ledger.intake('magnetmaker', ledger.plant, 'O-2', {
      form: 'oxide',
      composition: NDPR_OXIDE,
    });
    ledger.handOver('magnetmaker', 'separator', theirs, mass('1000'));
    const later = { start: '2026-03-05T00:00:00Z', end: '2026-03-06T00:00:00Z' };
    refusal(
      () =>
        ledger.make(
          ['reduce'],
          [
            [mine, mass('50')],
            [theirs, mass('50')],
          ],
          [metal()],
          later,
        ),
      'owners-differ',
      '/credentialSubject/inputs/1/batch',
    );
  });

  it('but a toller may add its own iron: the product is the owner’s of the rare earth', () => {
    const ledger = new Outback();
    const theirs = ledger.intake('magnetmaker', ledger.plant, 'O-2', {
      form: 'metal',
      composition: NDPR_METAL,
    });
    ledger.handOver('magnetmaker', 'separator', theirs, mass('1000'));
    const iron = ledger.intake('separator', ledger.works, 'FE-1');
    const alloy = metal({ form: 'alloy', quantity: mass('70') });
    const later = { start: '2026-03-05T00:00:00Z', end: '2026-03-06T00:00:00Z' };
    ledger.make(
      ['cast'],
      [
        [iron, mass('50')],
        [theirs, mass('100')],
      ],
      [alloy],
      later,
    );
    const { owner, custodian } = ledger.batch(alloy.id);
    expect({ owner, custodian }).toEqual({
      owner: didOf('magnetmaker'),
      custodian: didOf('separator'),
    });
  });
});
