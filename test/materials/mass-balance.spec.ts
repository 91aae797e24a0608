import { refusal } from '../support/recording-ledger.js';
import { composition, mass, NDPR_METAL, output, type Change } from '../support/statements.js';
import { Outback, separatorBatch } from './outback.js';

const OUTPUTS = '/credentialSubject/outputs';
const pure = { composition: composition({ Nd2O3: '100' }) };

const product = (name: string, kilograms: string, change: Change = {}) =>
  output(separatorBatch(name), { quantity: mass(kilograms), ...change });

const metal = (name: string, kilograms: string, change: Change = {}) =>
  product(name, kilograms, { form: 'metal', composition: composition({ Nd: '100' }), ...change });

/** The separator reduces a tonne of neodymium oxide; some of it is lost. */
const reduce = (outputs: object[], losses: object[] = []) => {
  const ledger = new Outback();
  const oxide = ledger.oxide('O-1', pure);
  return ledger.make(['reduce'], [[oxide, mass('1000')]], outputs, { losses });
};

describe('the mass of every element', () => {
  it('leaves at most as it came, to the milligram, by the formula of the oxide', () => {
    // 1000 kg of Nd2O3 hold 288.484 / 336.481 of a tonne of neodymium.
    reduce([metal('M-1', '857.355987')]);
    const { details } = refusal(
      () => reduce([metal('M-1', '857.355988')]),
      'element-balance-exceeded',
      OUTPUTS,
    );
    expect(details.extensions).toEqual({
      element: 'Nd',
      givenMg: '857355987',
      takenMg: '857355988',
    });
  });

  it('counts scrap lots, samples and discharges together with the product', () => {
    const scrap = metal('S-1', '57', { form: 'scrap', lot: 'SCRAP 1' });
    const sample = { kind: 'sample', quantity: mass('0.355'), ...metalOnly };
    const outputs = [metal('M-1', '800'), scrap];
    reduce(outputs, [sample]);
    const discharge = { kind: 'discharge', quantity: mass('0.001'), ...metalOnly };
    refusal(() => reduce(outputs, [sample, discharge]), 'element-balance-exceeded', OUTPUTS);
  });

  it('is not credited by the uncertainty of a measurement', () => {
    const uncertain = [{ substance: 'Nd', percent: '100', uncertainty: '5' }];
    const attempt = () => reduce([metal('M-1', '860', { composition: uncertain })]);
    refusal(attempt, 'element-balance-exceeded', OUTPUTS);
  });

  it('is balanced apart: what is short of one element is not made up by another', () => {
    const dysprosium = { composition: composition({ Nd: '99.9', Dy: '0.1' }) };
    const attempt = () => reduce([metal('M-1', '500', dysprosium)]);
    refusal(attempt, 'element-balance-exceeded', OUTPUTS);
  });

  it('rises in gross weight when nothing rises in any element, as in coating', () => {
    const ledger = new Outback();
    const magnets = ledger.oxide('G-1', { form: 'magnet', composition: NDPR_METAL });
    const heavier = composition({ Nd: '74.2', Pr: '23.7' });
    const coated = product('G-2', '1010', { form: 'magnet', composition: heavier });
    ledger.make(['coat'], [[magnets, mass('1000')]], [coated]);
    expect(ledger.batch(separatorBatch('G-2')).massMg).toBe('1010000000');
  });

  it('is refused for masses and losses that are no mass', () => {
    const none = `${OUTPUTS}/0/quantity`;
    refusal(() => reduce([metal('M-1', '0')]), 'schema-violation', `${none}/value`);
    const gross = { quantity: mass('10', 'KGM', 'gross') };
    refusal(() => reduce([metal('M-1', '1', gross)]), 'basis-mismatch', `${none}/basis`);
    const element = { kind: 'sample', quantity: mass('1', 'KGM', 'contained-element') };
    const at = '/credentialSubject/losses/0/quantity/basis';
    refusal(() => reduce([metal('M-1', '1')], [element]), 'basis-mismatch', at);
  });
});

describe('dividing and joining', () => {
  const split = (...parts: object[]) => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    ledger.make(['split'], [[oxide, mass('1000')]], parts);
    return ledger;
  };

  it('keeps the mass, to the milligram', () => {
    split(product('A', '333.333333'), product('B', '666.666667'));
    refusal(
      () => split(product('A', '333.333334'), product('B', '666.666667')),
      'mass-exceeded',
      OUTPUTS,
    );
  });

  it('does not part the elements, which is separation', () => {
    const rich = product('A', '500', { composition: composition({ Nd2O3: '80' }) });
    const attempt = () =>
      split(rich, product('B', '400', { composition: composition({ Pr6O11: '24' }) }));
    refusal(attempt, 'element-balance-exceeded', `${OUTPUTS}/0/composition`);
  });

  it('does not add masses of different bases', () => {
    const dry = product('A', '900', { quantity: mass('900', 'KGM', 'dry') });
    refusal(() => split(dry), 'basis-mismatch', OUTPUTS);
  });

  it('flags what got lost on the way', () => {
    const ledger = split(product('A', '999'));
    expect(ledger.batch(separatorBatch('A')).flags).toMatchObject([{ kind: 'unaccounted-loss' }]);
  });

  it('joins to the average and no richer', () => {
    const ledger = new Outback();
    const poor = ledger.oxide('O-1', { composition: composition({ Nd2O3: '60' }) });
    const rich = ledger.oxide('O-2', { composition: composition({ Nd2O3: '80' }) });
    const blend = (percent: string) =>
      ledger.make(
        ['blend'],
        [
          [poor, mass('500')],
          [rich, mass('500')],
        ],
        [product('B', '900', { composition: composition({ Nd2O3: percent }) })],
      );
    refusal(() => blend('70.000001'), 'element-balance-exceeded', `${OUTPUTS}/0/composition`);
    blend('70');
  });
});

describe('a claim of recycled content', () => {
  const recycled = (preConsumer: string, postConsumer: string) => ({
    recycled: [{ element: 'Nd', preConsumer, postConsumer }],
  });

  it('is at most what the inputs carry, weighted by the mass of the element', () => {
    const ledger = new Outback();
    const virgin = ledger.oxide('O-1', pure);
    const used = ledger.oxide('O-2', { ...pure, ...recycled('10', '50') });
    const claim = (name: string, shares: Change) =>
      ledger.make(
        ['reduce'],
        [
          [virgin, mass('300')],
          [used, mass('100')],
        ],
        [metal(name, '300', shares)],
      );
    claim('M-1', recycled('2.5', '12.5'));
    const at = `${OUTPUTS}/0/recycled/0`;
    const more = () => claim('M-2', recycled('2.5', '12.500001'));
    refusal(more, 'element-balance-exceeded', `${at}/postConsumer`);
    const moved = () => claim('M-2', recycled('12.5', '2.5'));
    refusal(moved, 'element-balance-exceeded', `${at}/preConsumer`);
    const absent = () =>
      claim('M-2', { recycled: [{ ...recycled('0', '0').recycled[0], element: 'Dy' }] });
    refusal(absent, 'schema-violation', `${at}/element`);
  });

  it('cannot be mined', () => {
    const ledger = new Outback();
    const attempt = () => ledger.concentrate('C-1', recycled('0', '1'));
    refusal(attempt, 'element-balance-exceeded', `${OUTPUTS}/0/recycled/0/postConsumer`);
  });
});

const metalOnly = { composition: composition({ Nd: '100' }) };
