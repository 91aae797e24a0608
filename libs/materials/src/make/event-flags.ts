import type { Flag, MakeEvent, Signed, StateView, StateWrite, Step } from '#lib/documents';
import type { FacilityState } from '../facility.js';
import { flag, formatPercent, inspectHsCode, uniteFlags } from '../flag.js';
import { isHandling } from '../form.js';
import { yearOf } from '../instant.js';
import { formatKilograms } from '../quantity.js';
import { requireRegistry } from '../registry.js';
import { facilityKey, outputKey, readState, writeState } from '../state-key.js';
import { inspectYield } from '../yield-band.js';
import { addContents, type Contents } from '../composition.js';
import { readLosses, totalMass } from './balance.js';
import { drawnContents, type Draw } from './draw.js';
import type { Product } from './product.js';

/** What a facility put out by one step in one year, milligrams as decimal text. */
interface OutputState {
  massMg: string;
}

/** What is plausible but unusual about an event, without the batch it will stand at. */
type Finding = Pick<Flag, 'kind' | 'detail'>;

/**
 * The flags of each output, in the order of the products: those of its inputs, those of the event
 * (yield, capacity, unaccounted loss), and its own HS code.
 */
export function flagsOfProducts(
  state: StateView,
  signed: Signed<MakeEvent>,
  draws: readonly Draw[],
  products: readonly Product[],
): Flag[][] {
  const inherited = draws.flatMap(({ batch }) => batch.flags);
  const findings = [
    ...yieldFindings(state, signed, draws, products),
    ...capacityFindings(state, signed, products),
    ...lossFindings(signed, draws, products),
  ];
  return products.map(({ output }) => {
    const own = findings.map(({ kind, detail }) => flag(kind, output.id, signed.digest, detail));
    return uniteFlags([...inherited, ...own, ...inspectHsCode(output, signed.digest)]);
  });
}

/** The state keys of what the facility puts out by the event: one per step, in the year it ended. */
export function outputKeysOf({ statement }: Signed<MakeEvent>): [Step, string][] {
  const { facility, steps, end } = statement.credentialSubject;
  return [...new Set(steps)].map((step) => [step, outputKey(facility, step, yearOf(end))]);
}

/** The writes that add the event's product to what its facility put out that year. */
export function outputWrites(
  state: StateView,
  signed: Signed<MakeEvent>,
  products: readonly Product[],
): StateWrite[] {
  return outputKeysOf(signed).map(([, key]) => {
    const total: OutputState = { massMg: outputAfter(state, key, products).toString() };
    return writeState(key, total);
  });
}

function yieldFindings(
  state: StateView,
  { statement }: Signed<MakeEvent>,
  draws: readonly Draw[],
  products: readonly Product[],
): Finding[] {
  const product: Contents = new Map();
  for (const each of products.filter(isProduct)) addContents(product, each.contents);
  const { steps } = statement.credentialSubject;
  const bands = requireRegistry(state).yieldBands;
  const found = inspectYield(steps, bands, drawnContents(draws), product);
  if (!found) return [];
  const detail = `The yield of ${steps.join(', ')} is ${formatPercent(found.yield)}.`;
  return [{ kind: found.kind, detail }];
}

function capacityFindings(
  state: StateView,
  signed: Signed<MakeEvent>,
  products: readonly Product[],
): Finding[] {
  const { facility } = signed.statement.credentialSubject;
  const { capacityMg } = readState<FacilityState>(state, facilityKey(facility))!;
  return outputKeysOf(signed).flatMap(([step, key]) => {
    const rated = capacityMg.find((each) => each.step === step);
    if (!rated || outputAfter(state, key, products) <= BigInt(rated.perYear)) return [];
    const perYear = formatKilograms(BigInt(rated.perYear));
    const detail = `The facility is rated for ${perYear} kg a year by ${step}.`;
    return [{ kind: 'capacity-exceeded' as const, detail }];
  });
}

function lossFindings(
  { statement }: Signed<MakeEvent>,
  draws: readonly Draw[],
  products: readonly Product[],
): Finding[] {
  const losses = readLosses(statement);
  let unaccounted = totalMass(losses.filter(({ kind }) => kind === 'unaccounted'));
  if (draws.length > 0 && isHandling(statement.credentialSubject.steps))
    unaccounted += totalMass(draws) - totalMass(products) - totalMass(losses);
  if (unaccounted === 0n) return [];
  const detail = `Nobody can say what became of ${formatKilograms(unaccounted)} kg.`;
  return [{ kind: 'unaccounted-loss', detail }];
}

function outputAfter(state: StateView, key: string, products: readonly Product[]): bigint {
  const before = readState<OutputState>(state, key);
  return BigInt(before?.massMg ?? '0') + totalMass(products.filter(isProduct));
}

function isProduct({ output }: Product): boolean {
  return output.form !== 'scrap';
}
