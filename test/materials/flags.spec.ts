import { DEFAULT_YIELD_BANDS, MATERIAL_DECIDERS } from '#lib/materials';
import { didOf } from '../support/recording-ledger.js';
import { batchId, composition, mass, output, type Change } from '../support/statements.js';
import { Outback, separatorBatch } from './outback.js';

const ND = composition({ Nd: '100' });
const banded = () => new Outback(MATERIAL_DECIDERS, { yieldBands: [...DEFAULT_YIELD_BANDS] });

/** Metal from 1000 kg of pure neodymium oxide, which hold 857.356 kg of neodymium. */
const reduced = (ledger: Outback, kilograms: string, change: Change = {}) => {
  const oxide = ledger.oxide('O-1', { composition: composition({ Nd2O3: '100' }) });
  const metal = { form: 'metal', composition: ND, quantity: mass(kilograms) };
  const outputs = [output(separatorBatch('M-1'), metal)];
  ledger.make(['reduce'], [[oxide, mass('1000')]], outputs, change);
  return ledger.batch(separatorBatch('M-1')).flags;
};

describe('what is plausible but unusual is accepted and flagged', () => {
  it('a yield within its band is not', () => {
    expect(reduced(banded(), '820')).toEqual([]);
  });

  it('a yield below its band, with the yield in words', () => {
    const [flag, ...more] = reduced(banded(), '700');
    expect(more).toEqual([]);
    expect(flag).toMatchObject({ kind: 'yield-below-band', batch: separatorBatch('M-1') });
    expect(flag!.detail).toBe('The yield of reduce is 81.64 %.');
  });

  it('a yield above its band, though no element came from nothing', () => {
    expect(reduced(banded(), '857')).toMatchObject([{ kind: 'yield-above-band' }]);
  });

  it('no yield where the genesis names no band', () => {
    expect(reduced(new Outback(), '1')).toEqual([]);
  });

  it('a trace in the product says nothing about a yield', () => {
    const ledger = banded();
    const concentrate = ledger.oxide('C-1', {
      form: 'compound',
      composition: composition({ La2O3: '60', Nd2O3: '10' }),
    });
    const oxide = output(separatorBatch('N-1'), {
      quantity: mass('95'),
      composition: composition({ Nd2O3: '99.5', La2O3: '0.1' }),
    });
    ledger.make(['separate'], [[concentrate, mass('1000')]], [oxide]);
    expect(ledger.batch(separatorBatch('N-1')).flags).toEqual([]);
  });

  it('a loss for which nobody can account', () => {
    const losses = [{ kind: 'unaccounted', quantity: mass('5') }];
    const [flag] = reduced(banded(), '820', { losses });
    expect(flag).toMatchObject({ kind: 'unaccounted-loss' });
    expect(flag!.detail).toMatch(/ 5 kg/);
  });

  it('output over the rated capacity of the year, summed over events', () => {
    const ledger = new Outback();
    const smelter = `${didOf('separator')}/facilities/smelter`;
    const capacity = [{ step: 'reduce', perYear: mass('100') }];
    ledger.facility('separator', smelter, ['reduce'], { capacity });
    const oxide = ledger.oxide('O-1', { composition: composition({ Nd2O3: '100' }) });
    const metal = (name: string, kilograms: string, change: Change = {}) => {
      const made = { form: 'metal', composition: ND, quantity: mass(kilograms) };
      const outputs = [output(separatorBatch(name), made)];
      ledger.make(['reduce'], [[oxide, mass('100')]], outputs, { facility: smelter, ...change });
      return ledger.batch(separatorBatch(name)).flags;
    };
    expect(metal('M-1', '60')).toEqual([]);
    expect(metal('M-2', '40')).toEqual([]);
    expect(metal('M-3', '0.000001')).toMatchObject([{ kind: 'capacity-exceeded' }]);
  });

  it('travels on to what is made of it, and stays once however often it is inherited', () => {
    const ledger = banded();
    const [flag] = reduced(ledger, '700');
    const half = (name: string) =>
      output(separatorBatch(name), { form: 'metal', composition: ND, quantity: mass('350') });
    ledger.make(
      ['split'],
      [[separatorBatch('M-1'), mass('700')]],
      [half('A'), half('B')],
      later(3),
    );
    const inputs = ['A', 'B'].map((name) => [separatorBatch(name), mass('350')] as const);
    const whole = { form: 'metal', composition: ND, quantity: mass('700') };
    ledger.make(['blend'], inputs, [output(separatorBatch('C'), whole)], later(4));
    expect(ledger.batch(separatorBatch('C')).flags).toEqual([flag]);
  });
});

describe('a mine', () => {
  it('has no yield: it takes from nothing that the ledger knows', () => {
    const ledger = banded();
    expect(ledger.batch(ledger.concentrate()).flags).toEqual([]);
    expect(ledger.batch(batchId(didOf('miner'), 'C-1')).owner).toBe(didOf('miner'));
  });
});

const later = (day: number) => ({
  start: `2026-03-0${day}T06:00:00+08:00`,
  end: `2026-03-0${day}T18:00:00+08:00`,
});
