import {
  BALANCED_ELEMENTS,
  compare,
  contentsOf,
  elementFractions,
  firstDateAt,
  formatKilograms,
  formatMass,
  inputMilligrams,
  instant,
  lastDateAt,
  outputMilligrams,
  parseDecimal,
  parseFormula,
  parseMass,
  strongestClaim,
} from '#lib/materials';
import { refusal } from '../support/recording-ledger.js';
import { composition, mass } from '../support/statements.js';

/** Metal per mass of oxide, as trade tables print it, to five digits. */
const METAL_PER_OXIDE: [substance: string, element: string, fraction: string][] = [
  ['Nd2O3', 'Nd', '0.85736'],
  ['Pr6O11', 'Pr', '0.82770'],
  ['Pr2O3', 'Pr', '0.85447'],
  ['Dy2O3', 'Dy', '0.87132'],
  ['Tb4O7', 'Tb', '0.85022'],
  ['Tb2O3', 'Tb', '0.86881'],
  ['Sm2O3', 'Sm', '0.86236'],
  ['La2O3', 'La', '0.85268'],
  ['CeO2', 'Ce', '0.81409'],
  ['Gd2O3', 'Gd', '0.86759'],
  ['Y2O3', 'Y', '0.78744'],
  ['Ho2O3', 'Ho', '0.87298'],
  ['Eu2O3', 'Eu', '0.86362'],
  ['Er2O3', 'Er', '0.87452'],
  ['Lu2O3', 'Lu', '0.87938'],
  ['Sc2O3', 'Sc', '0.65197'],
];

const fiveDigits = (value: { numerator: bigint; denominator: bigint }): string => {
  const scaled = (value.numerator * 1_000_000n) / value.denominator + 5n;
  return `0.${(scaled / 10n).toString().padStart(5, '0')}`;
};

describe('the share of an element in a substance', () => {
  it.each(METAL_PER_OXIDE)('%s holds %s by %s', (substance, element, fraction) => {
    const found = elementFractions(substance).get(element as never)!;
    expect(fiveDigits(found)).toBe(fraction);
  });

  it('is that of the ideal magnet phases', () => {
    const phase = elementFractions('Nd2Fe14B');
    const percents = ['Nd', 'Fe', 'B'].map((element) => fiveDigits(phase.get(element as never)!));
    expect(percents).toEqual(['0.26684', '0.72316', '0.01000']);
    expect(fiveDigits(elementFractions('SmCo5').get('Sm')!)).toBe('0.33787');
  });

  it('is one for the element itself, and nothing for what is not balanced', () => {
    expect(compare(elementFractions('Fe').get('Fe')!, parseDecimal('1'))).toBe(0);
    expect([...elementFractions('H2O').keys()]).toEqual([]);
    expect([...elementFractions('Nd2O3').keys()]).toEqual(['Nd']);
    expect(BALANCED_ELEMENTS.size).toBe(30);
  });

  it('adds up an element that a formula names twice', () => {
    expect(compare(elementFractions('FeFe').get('Fe')!, parseDecimal('1'))).toBe(0);
    expect(parseFormula('Nd2Fe14B').map(({ count }) => count)).toEqual([2n, 14n, 1n]);
  });

  it('is refused for what is no element', () => {
    refusal(() => elementFractions('Qq2O3', '/x'), 'schema-violation', '/x');
    refusal(() => parseFormula('2', '/x'), 'schema-violation', '/x');
    refusal(() => parseFormula('__proto__'.slice(0, 2), '/x'), 'schema-violation', '/x');
  });
});

describe('a mass', () => {
  it.each([
    ['1', 'TNE', 1_000_000_000n],
    ['1.5', 'KGM', 1_500_000n],
    ['0.001', 'GRM', 1n],
    ['999999999999.999999', 'TNE', 999_999_999_999_999_999_000n],
  ] as const)('of %s %s is %s mg', (value, unit, massMg) => {
    expect(parseMass(mass(value, unit), 'down', '/q').massMg).toBe(massMg);
  });

  it('rounds inputs down and outputs up, so that rounding makes nothing', () => {
    expect(parseMass(mass('1.0000009'), 'down', '/q').massMg).toBe(1_000_000n);
    expect(parseMass(mass('1.0000001'), 'up', '/q').massMg).toBe(1_000_001n);
    const contents = contentsOf(1_000n, composition({ Nd2O3: '100' }));
    expect(inputMilligrams(contents).get('Nd')).toBe(857n);
    expect(outputMilligrams(contents).get('Nd')).toBe(858n);
  });

  it('of nothing is none', () => {
    refusal(() => parseMass(mass('0.000'), 'up', '/q'), 'schema-violation', '/q/value');
    refusal(() => parseMass(mass('0.0000001'), 'down', '/q'), 'schema-violation', '/q/value');
  });

  it.each(['gross', 'contained-element', 'oxide-equivalent'] as const)(
    'on the basis “%s” is not that of a batch',
    (basis) => {
      refusal(() => parseMass(mass('1', 'KGM', basis), 'down', '/q'), 'basis-mismatch', '/q/basis');
    },
  );

  it('is written in kilograms with the decimals it needs', () => {
    expect([1n, 1_000_000n, 1_500_000n, 857_355_987n].map(formatKilograms)).toEqual([
      '0.000001',
      '1',
      '1.5',
      '857.355987',
    ]);
    expect(formatMass({ massMg: 2_000_000n, basis: 'dry' })).toEqual(mass('2', 'KGM', 'dry'));
  });
});

describe('a decimal', () => {
  it('is compared exactly, however it is written', () => {
    expect(compare(parseDecimal('0.1'), parseDecimal('0.100000000'))).toBe(0);
    expect(compare(parseDecimal('0.300000000'), parseDecimal('0.300000001'))).toBe(-1);
  });
});

describe('a time', () => {
  it('is an instant, whatever its offset and its digits', () => {
    expect(instant('2026-03-01T08:00:00+08:00')).toBe(instant('2026-02-28T19:00:00.000-05:00'));
    expect(instant('2026-03-01T00:00:00.000000001Z') - instant('2026-03-01T00:00:00Z')).toBe(1n);
    expect(instant('2016-12-31T23:59:60Z')).toBe(instant('2017-01-01T00:00:00Z'));
    expect(() => instant('yesterday')).toThrow(TypeError);
  });

  it('lies on two dates, depending on where one stands', () => {
    expect(firstDateAt('2026-03-01T11:59:59Z')).toBe('2026-02-28');
    expect(lastDateAt('2026-03-01T10:00:00Z')).toBe('2026-03-02');
  });
});

describe('a custody model', () => {
  it('weakens to the weakest input’s; one source alone can be preserved', () => {
    expect(strongestClaim([])).toBe('identity-preserved');
    expect(strongestClaim(['identity-preserved'])).toBe('identity-preserved');
    expect(strongestClaim(['identity-preserved', 'identity-preserved'])).toBe('segregated');
    expect(strongestClaim(['segregated', 'mass-balance', 'controlled-blending'])).toBe(
      'mass-balance',
    );
  });
});
