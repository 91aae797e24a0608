import { didOf, refusal } from '../support/recording-ledger.js';
import {
  batchId,
  CONCENTRATE,
  mass,
  NDPR_METAL,
  NDPR_OXIDE,
  output,
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

describe('what may come out', () => {
  const OUTPUT = '/credentialSubject/outputs/0';

  it('nothing outside the maker’s name, or under a name or lot that is taken', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const foreign = metal({ id: batchId(didOf('miner'), 'M-1') });
    refusal(() => reduce(ledger, oxide, {}, foreign), 'not-issuer-scoped', `${OUTPUT}/id`);
    refusal(
      () => reduce(ledger, oxide, {}, metal({ id: oxide })),
      'already-registered',
      `${OUTPUT}/id`,
    );
    reduce(ledger, oxide);
    const sameLot = metal({ id: separatorBatch('M-2') });
    refusal(() => reduce(ledger, oxide, {}, sameLot), 'lot-already-registered', `${OUTPUT}/lot`);
  });

  it('not the same name or lot twice in one event', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const both = (second: object) => () =>
      ledger.make(['reduce'], [[oxide, mass('900')]], [metal(), second]);
    const second = '/credentialSubject/outputs/1';
    refusal(both(metal({ lot: 'OTHER' })), 'already-registered', `${second}/id`);
    const sameLot = metal({ id: separatorBatch('M-2') });
    refusal(both(sameLot), 'lot-already-registered', `${second}/lot`);
  });

  const FORMS = [
    ['metal without reducing', ['cast'], 'metal', 'outputs/0/form'],
    ['an alloy without casting', ['reduce'], 'alloy', 'outputs/0/form'],
    ['a magnet without sintering or bonding', ['press', 'machine'], 'magnet', 'outputs/0/form'],
    ['alloy by recycling what is no scrap', ['recycle'], 'alloy', 'outputs/0/form'],
    ['metal by dividing oxide', ['split'], 'metal', 'outputs/0/form'],
    ['metal by mining with inputs', ['mine', 'reduce'], 'metal', 'steps/0'],
  ] as const;

  it.each(FORMS)('not %s', (_, steps, form, field) => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const product = metal({ form, composition: NDPR_OXIDE, quantity: mass('1') });
    const attempt = () => ledger.make([...steps], [[oxide, mass('10')]], [product]);
    refusal(attempt, 'step-missing', `/credentialSubject/${field}`);
  });

  it('nothing from nothing, except by mining, and that gives ore, concentrate or leachate', () => {
    const ledger = new Outback();
    const attempt = (steps: string[], form: string) => () =>
      ledger.make(steps, [], [output(separatorBatch('X'), { form, composition: CONCENTRATE })]);
    refusal(attempt(['reduce'], 'metal'), 'step-missing', '/credentialSubject/steps/0');
    refusal(attempt(['mine', 'sinter'], 'magnet'), 'step-missing', `${OUTPUT}/form`);
    refusal(attempt(['mine'], 'concentrate'), 'step-missing', `${OUTPUT}/form`);
    attempt(['mine', 'crack'], 'compound')();
  });

  it('scrap from any step, and from scrap by recycling alloy again', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const dross = metal({ form: 'scrap', quantity: mass('5') });
    ledger.make(['reduce'], [[oxide, mass('100')]], [dross]);
    const alloy = metal({
      id: separatorBatch('A-1'),
      lot: 'A 1',
      form: 'alloy',
      quantity: mass('4'),
    });
    const later = { start: '2026-03-03T00:00:00Z', end: '2026-03-03T01:00:00Z' };
    ledger.make(['recycle'], [[dross.id, mass('5')]], [alloy], later);
    expect(ledger.batch(alloy.id).form).toBe('alloy');
  });

  it('not a stronger custody model than the weakest input’s', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide('O-1', { custodyModel: 'mass-balance' });
    const claimed = `${OUTPUT}/custodyModel`;
    refusal(() => reduce(ledger, oxide), 'custody-model-too-strong', claimed);
    reduce(ledger, oxide, {}, metal({ custodyModel: 'book-and-claim' }));
  });

  it('not identity-preserved from two sources, though both are', () => {
    const ledger = new Outback();
    const [a, b] = ['O-1', 'O-2'].map((name) =>
      ledger.oxide(name, { custodyModel: 'identity-preserved' }),
    );
    const preserved = metal({ custodyModel: 'identity-preserved' });
    const attempt = () =>
      ledger.make(
        ['reduce'],
        [
          [a!, mass('50')],
          [b!, mass('50')],
        ],
        [preserved],
      );
    refusal(attempt, 'custody-model-too-strong', `${OUTPUT}/custodyModel`);
    reduce(ledger, a!, {}, preserved);
  });

  it('carries where each element went through each step', () => {
    const ledger = new Outback();
    const origins = [{ elements: ['Nd', 'Pr'], step: 'separate', country: 'MY' }];
    reduce(ledger, ledger.oxide('O-1', { origins }));
    expect(ledger.batch(separatorBatch('M-1')).origins).toEqual([
      { elements: ['Nd', 'Pr'], step: 'reduce', country: 'AU' },
      { elements: ['Nd', 'Pr'], step: 'separate', country: 'MY' },
    ]);
  });
});
