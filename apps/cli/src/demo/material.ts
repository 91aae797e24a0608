import type { Json } from '#lib/documents';
import { localName } from '../local-name.js';

type Percents = Readonly<Record<string, string>>;

/** A net mass as the schemas want it. */
export function mass(value: string, unit: 'KGM' | 'TNE' = 'KGM') {
  return { value, unit, basis: 'net' };
}

/** Mass fractions as the schemas want them: `composition({ Nd2O3: '74.8' })`. */
export function composition(percents: Percents): { substance: string; percent: string }[] {
  return Object.entries(percents).map(([substance, percent]) => ({ substance, percent }));
}

/** An output of a MakeEvent, or what an Intake takes in; its lot number is its local name. */
export function made(
  id: string,
  form: string,
  kilograms: string,
  percents: Percents,
  more: { custodyModel?: string; pieces?: number; hsCode?: string } = {},
) {
  return {
    id,
    lot: localName(id),
    form,
    quantity: mass(kilograms),
    composition: composition(percents),
    custodyModel: 'segregated',
    ...more,
  };
}

/** An input of a MakeEvent. */
export function drawn(batch: string, kilograms: string) {
  return { batch, quantity: mass(kilograms) };
}

/** A loss of a MakeEvent; without a composition it says nothing of any element. */
export function lost(
  kind: 'sample' | 'discharge' | 'unaccounted',
  kilograms: string,
  percents?: Percents,
): Json {
  const stated: Record<string, Json> =
    percents === undefined ? {} : { composition: composition(percents) };
  return { kind, quantity: mass(kilograms), ...stated };
}

/** A claim about a step before the ledger: `claim('B', 'mine', 'TR')`. */
export function claim(elements: string, step: string, country: string) {
  return { elements: elements.split('+'), step, country };
}

/** A paper outside the ledger; the demo's papers are made up, and so are their digests. */
export function paper(title: string, seed: string) {
  return { title, digest: seed.repeat(64), mediaType: 'application/pdf' };
}
