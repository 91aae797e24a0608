import type { MakeEvent, MakeOutput, Opened, StateView, Step } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireNewBatch } from '../batch.js';
import { contentsOf, type Contents } from '../composition.js';
import { isStronger, strongestClaim } from '../custody-model.js';
import { requireScope } from '../party.js';
import { parseMass, type Mass } from '../quantity.js';
import { requireCarriedShares, requireSoundShares } from '../recycled.js';
import { lotKey, readState } from '../state-key.js';
import type { Draw } from './draw.js';

/** One output of an event with its exact mass and contents. */
export interface Product extends Mass {
  output: Opened<MakeOutput>;
  contents: Contents;
}

/** The outputs of an event. Throws what `parseMass` and `contentFractions` throw. */
export function readProducts({ credentialSubject }: Opened<MakeEvent>): Product[] {
  return credentialSubject.outputs.map((output, i) => {
    const pointer = `/credentialSubject/outputs/${i}`;
    const { massMg, basis } = parseMass(output.quantity, 'up', `${pointer}/quantity`);
    const contents = contentsOf(massMg, output.composition, `${pointer}/composition`);
    return { massMg, basis, output, contents };
  });
}

/** A lot number belongs to the step that finished the lot: the last one named. */
export function lotKeyOf({ credentialSubject }: Opened<MakeEvent>, lot: string): string {
  const { facility, steps } = credentialSubject;
  const last: Step = steps.at(-1)!;
  return lotKey(facility, last, lot);
}

/** Throws for an id or a lot that is taken, also within the event, or outside the issuer's name. */
export function requireNewProducts(state: StateView, statement: Opened<MakeEvent>): void {
  const ids = new Set<string>();
  const lots = new Set<string>();
  for (const [i, { id, lot }] of statement.credentialSubject.outputs.entries()) {
    const pointer = `/credentialSubject/outputs/${i}`;
    requireScope(id, statement.issuer, `${pointer}/id`);
    requireNewBatch(state, id, `${pointer}/id`);
    if (ids.has(id))
      throw refuse('already-registered', `${id} is made twice here.`, `${pointer}/id`);
    ids.add(id);
    if (lots.has(lot) || readState(state, lotKeyOf(statement, lot)))
      throw refuse('lot-already-registered', `The lot ${lot} was made before.`, `${pointer}/lot`);
    lots.add(lot);
  }
}

/**
 * Throws `custody-model-too-strong`, `schema-violation` or `element-balance-exceeded` for an output
 * that claims more than its inputs carry: a stronger custody model, or larger recycled shares.
 */
export function requireCarriedClaims(draws: readonly Draw[], products: readonly Product[]): void {
  const inputs = new Map(draws.map(({ batch }) => [batch.id, batch.custodyModel]));
  const ceiling = strongestClaim([...inputs.values()]);
  const sources = draws.map(({ contents, batch }) => ({ contents, recycled: batch.recycled }));
  for (const [i, { output }] of products.entries()) {
    const pointer = `/credentialSubject/outputs/${i}`;
    if (isStronger(output.custodyModel, ceiling))
      throw refuse(
        'custody-model-too-strong',
        `These inputs carry ${ceiling} at most, not ${output.custodyModel}.`,
        `${pointer}/custodyModel`,
      );
    const shares = output.recycled ?? [];
    requireSoundShares(shares, output.composition, `${pointer}/recycled`);
    requireCarriedShares(shares, sources, `${pointer}/recycled`);
  }
}
