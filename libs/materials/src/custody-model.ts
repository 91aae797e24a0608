import type { CustodyModel } from '#lib/documents';

/** ISO 22095:2020 models, strongest first. */
const STRONGEST_FIRST: readonly CustodyModel[] = [
  'identity-preserved',
  'segregated',
  'controlled-blending',
  'mass-balance',
  'book-and-claim',
];

/** Whether `model` claims more than `other`. */
export function isStronger(model: CustodyModel, other: CustodyModel): boolean {
  return STRONGEST_FIRST.indexOf(model) < STRONGEST_FIRST.indexOf(other);
}

/**
 * The strongest model that material made of these inputs may claim: the weakest among them, and
 * *identity-preserved* only for a single source (ISO 22095:2020 defines it so). Without inputs
 * the material is its own source.
 */
export function strongestClaim(inputs: readonly CustodyModel[]): CustodyModel {
  const ceiling: CustodyModel = inputs.length > 1 ? 'segregated' : 'identity-preserved';
  return inputs.reduce((weakest, model) => (isStronger(weakest, model) ? model : weakest), ceiling);
}
