import { parseArgs } from 'node:util';

/** The parts of the bench, in the order in which they run. */
export const PARTS = ['log', 'verify', 'rules'] as const;
export type Part = (typeof PARTS)[number];

/** How much is measured; `quick` of all parts ends within four minutes. */
export interface Scale {
  name: 'quick' | 'normal' | 'long';
  /** Statements that each way of inserting records, in batches of 256. */
  inserted: number;
  /** Statements recorded one a transaction. */
  single: number;
  /** Requests for each number of connections but one. */
  requests: number;
  /** Sizes of the log at which growth is measured; the last two are a tenth apart. */
  sizes: readonly number[];
  /** How often a verification is repeated. */
  rounds: number;
}

/** What the person asked for. */
export interface BenchOptions {
  parts: readonly Part[];
  scale: Scale;
  json: boolean;
}

const SCALES: Record<Scale['name'], Scale> = {
  quick: {
    name: 'quick',
    inserted: 5_120,
    single: 2_000,
    requests: 6_000,
    sizes: [2_000, 20_000],
    rounds: 1_000,
  },
  normal: {
    name: 'normal',
    inserted: 20_480,
    single: 8_000,
    requests: 12_000,
    sizes: [10_000, 100_000],
    rounds: 1_000,
  },
  long: {
    name: 'long',
    inserted: 20_480,
    single: 8_000,
    requests: 12_000,
    sizes: [10_000, 100_000, 1_000_000],
    rounds: 1_000,
  },
};

/** Reads the command line; throws TypeError on what it does not know. */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      long: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const unknown = positionals.find((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new TypeError(`There is no part "${unknown}": ${PARTS.join(', ')}.`);
  const parts = PARTS.filter((part) => positionals.length === 0 || positionals.includes(part));
  const scale = values.long ? 'long' : values.quick ? 'quick' : 'normal';
  return { parts, scale: SCALES[scale], json: values.json ?? false };
}
