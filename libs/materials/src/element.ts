import type { Element } from '#lib/documents';

/**
 * Standard atomic weights (CIAAW 2021; where the weight is an interval, its conventional value), in
 * atomic mass units. Decimal strings, because every fraction derived from them is exact.
 */
const ATOMIC_WEIGHTS = {
  H: '1.008',
  B: '10.81',
  C: '12.011',
  N: '14.007',
  O: '15.999',
  F: '18.998403162',
  Na: '22.98976928',
  Mg: '24.305',
  Al: '26.9815384',
  Si: '28.085',
  P: '30.973761998',
  S: '32.06',
  Cl: '35.45',
  K: '39.0983',
  Ca: '40.078',
  Sc: '44.955907',
  Ti: '47.867',
  V: '50.9415',
  Cr: '51.9961',
  Mn: '54.938043',
  Fe: '55.845',
  Co: '58.933194',
  Ni: '58.6934',
  Cu: '63.546',
  Zn: '65.38',
  Ga: '69.723',
  Sr: '87.62',
  Y: '88.905838',
  Zr: '91.224',
  Nb: '92.90637',
  Mo: '95.95',
  Sn: '118.710',
  Ba: '137.327',
  La: '138.90547',
  Ce: '140.116',
  Pr: '140.90766',
  Nd: '144.242',
  Sm: '150.36',
  Eu: '151.964',
  Gd: '157.25',
  Tb: '158.925354',
  Dy: '162.500',
  Ho: '164.930329',
  Er: '167.259',
  Tm: '168.934219',
  Yb: '173.045',
  Lu: '174.9668',
  Hf: '178.486',
  Ta: '180.94788',
  W: '183.84',
  Pb: '207.2',
  Th: '232.0377',
  U: '238.02891',
} as const satisfies Record<string, string>;

const WEIGHT_DECIMALS = 9;

/** The rare earths (IUPAC: Sc, Y and the lanthanides) that the ledger balances. */
export const RARE_EARTHS: ReadonlySet<string> = new Set<Element>([
  ...([
    'La',
    'Ce',
    'Pr',
    'Nd',
    'Sm',
    'Eu',
    'Gd',
    'Tb',
    'Dy',
    'Ho',
    'Er',
    'Tm',
    'Yb',
    'Lu',
  ] as const),
  ...(['Sc', 'Y'] as const),
]);

/** Every element whose mass the ledger balances: `Element` of common.schema.json. */
export const BALANCED_ELEMENTS: ReadonlySet<string> = new Set<string>([
  ...RARE_EARTHS,
  ...(['Fe', 'B', 'Co', 'Al', 'Cu', 'Ga', 'Nb', 'Zr', 'Ni', 'Zn', 'Si', 'Ti', 'Mn', 'C'] as const),
]);

/**
 * The standard atomic weight of an element in billionths of an atomic mass unit, exact; undefined
 * for a symbol that no formula in this trade needs.
 */
export function atomicWeight(symbol: string): bigint | undefined {
  const weight = Object.hasOwn(ATOMIC_WEIGHTS, symbol)
    ? ATOMIC_WEIGHTS[symbol as keyof typeof ATOMIC_WEIGHTS]
    : undefined;
  if (weight === undefined) return undefined;
  const [whole, decimals = ''] = weight.split('.');
  return BigInt(whole! + decimals.padEnd(WEIGHT_DECIMALS, '0'));
}
