import type { Step } from '#lib/documents';
import { listed } from './finding.js';

/** What each step is called in a sentence; the compiler holds the table to the schema. */
const NOUNS: Readonly<Record<Step, string>> = {
  mine: 'mining',
  beneficiate: 'beneficiation',
  crack: 'cracking',
  separate: 'separation',
  calcine: 'calcination',
  reduce: 'reduction to metal',
  cast: 'casting',
  decrepitate: 'decrepitation',
  mill: 'milling',
  press: 'pressing',
  sinter: 'sintering',
  bond: 'bonding',
  machine: 'machining',
  diffuse: 'grain-boundary diffusion',
  coat: 'coating',
  magnetise: 'magnetisation',
  recycle: 'recycling',
  split: 'splitting',
  blend: 'blending',
};

/** Steps as nouns in a sentence: “milling and sintering”. */
export function stepNouns(steps: readonly Step[], conjunction: 'and' | 'or' = 'and'): string {
  return listed(
    steps.map((step) => NOUNS[step]),
    conjunction,
  );
}

/** The text with its first letter as a sentence begins. */
export function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
