import type { At, Decider, Flag, MakeEvent, Opened, OriginClaim, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { newBatch, type BatchState } from '../batch.js';
import { elementsOf } from '../composition.js';
import { requireFacility, type FacilityState } from '../facility.js';
import { isHandling, requirePlausibleForms } from '../form.js';
import { requireOrder, requirePast } from '../instant.js';
import { requireSigner, signerKeys } from '../key.js';
import { requireConservation, requireElementBalance } from '../make/balance.js';
import { drawnBatches, readDraws, requireDraws, type Draw } from '../make/draw.js';
import { flagsOfProducts, outputKeysOf, outputWrites } from '../make/event-flags.js';
import {
  lotKeyOf,
  readProducts,
  requireCarriedClaims,
  requireNewProducts,
  type Product,
} from '../make/product.js';
import { uniteOrigins } from '../origin-claims.js';
import { requireRegistry } from '../registry.js';
import {
  aboutKey,
  batchKey,
  facilityKey,
  readState,
  REGISTRY_KEY,
  writeState,
} from '../state-key.js';
import { ownerOfOutputs } from '../title.js';

/** Inputs consumed, outputs made, losses: one event at one facility (UNTP 0.7 MakeEvent). */
export const makeEvent: Decider<MakeEvent> = {
  touches(signed) {
    const { facility, inputs, outputs } = signed.statement.credentialSubject;
    const keys = [
      REGISTRY_KEY,
      facilityKey(facility),
      ...inputs.map(({ batch }) => batchKey(batch)),
      ...outputs.flatMap(({ id, lot }) => [
        batchKey(id),
        aboutKey(id),
        lotKeyOf(signed.statement, lot),
      ]),
      ...outputKeysOf(signed).map(([, key]) => key),
      ...signerKeys(signed),
    ];
    return [...new Set(keys)];
  },

  decide(state, signed, at) {
    const { statement } = signed;
    requireRegistry(state);
    requireSigner(state, signed, at, { role: 'processor' });
    requireLicence(state, statement);
    requireTimes(statement, at);
    const draws = requireDraws(state, statement, at);
    requireNewProducts(state, statement);
    const products = readProducts(statement);
    requirePlausibleForms(
      statement.credentialSubject.steps,
      draws.map(({ batch }) => batch.form),
      products.map(({ output }) => output.form),
    );
    if (isHandling(statement.credentialSubject.steps))
      requireConservation(statement, draws, products);
    requireElementBalance(statement, draws, products);
    requireCarriedClaims(draws, products);
    ownerOfOutputs(ownedInputs(draws), statement.issuer);
  },

  apply(state, signed, at) {
    const { statement } = signed;
    const draws = readDraws(state, statement);
    const products = readProducts(statement);
    const flags = flagsOfProducts(state, signed, draws, products);
    const made = products.map((product, i) => {
      const batch = batchOf(state, statement, draws, product, flags[i]!, at);
      const lot = lotKeyOf(statement, product.output.lot);
      return [writeState(batchKey(batch.id), batch), writeState(lot, { batch: batch.id })];
    });
    return [
      ...drawnBatches(draws, at).map((batch) => writeState(batchKey(batch.id), batch)),
      ...made.flat(),
      ...outputWrites(state, signed, products),
    ];
  },

  lineage({ statement }) {
    const { inputs, outputs } = statement.credentialSubject;
    const parents = [...new Set(inputs.map(({ batch }) => batch))];
    return outputs.flatMap(({ id }) => parents.map((parent) => ({ parent, child: id })));
  },
};

function requireLicence(state: StateView, statement: Opened<MakeEvent>): void {
  const { facility: id, steps } = statement.credentialSubject;
  const facility = requireFacility(state, id, statement.issuer, '/credentialSubject/facility');
  for (const [i, step] of steps.entries())
    if (!facility.licensedSteps.includes(step))
      throw refuse(
        'facility-not-licensed',
        `${id} is not licensed to ${step}.`,
        `/credentialSubject/steps/${i}`,
      );
}

function requireTimes({ credentialSubject }: Opened<MakeEvent>, at: At): void {
  const { start, end } = credentialSubject;
  requireOrder(start, end, '/credentialSubject/end');
  requirePast(end, at, '/credentialSubject/end');
}

function batchOf(
  state: StateView,
  { issuer, credentialSubject }: Opened<MakeEvent>,
  draws: readonly Draw[],
  { output, massMg, basis }: Product,
  flags: Flag[],
  at: At,
): BatchState {
  const { facility, end } = credentialSubject;
  const { id, form, lot, composition, custodyModel, pieces, recycled } = output;
  return newBatch(
    {
      id,
      form,
      lot,
      facility,
      basis,
      composition,
      custodyModel,
      flags,
      massMg: massMg.toString(),
      pieces: pieces ?? null,
      owner: ownerOfOutputs(ownedInputs(draws), issuer),
      custodian: issuer,
      madeAt: end,
      availableFrom: end,
      origins: originsOf(state, credentialSubject, draws, output),
      recycled: recycled ?? [],
    },
    at,
  );
}

/** What the inputs' elements went through, and the steps of this event in the facility's country. */
function originsOf(
  state: StateView,
  { facility: id, steps }: Opened<MakeEvent>['credentialSubject'],
  draws: readonly Draw[],
  { composition }: Product['output'],
): OriginClaim[] {
  const { country } = readState<FacilityState>(state, facilityKey(id))!;
  const elements = elementsOf(composition);
  const here = steps.map((step) => ({ elements, step, country }));
  return uniteOrigins([...draws.flatMap(({ batch }) => batch.origins), ...here], elements);
}

function ownedInputs(draws: readonly Draw[]) {
  return draws.map(({ batch }) => ({ owner: batch.owner, composition: batch.composition }));
}
