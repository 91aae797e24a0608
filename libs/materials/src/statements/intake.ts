import type { At, Decider, Flag, Intake, Signed } from '#lib/documents';
import { refuse } from '#lib/problem';
import { newBatch, requireNewBatch } from '../batch.js';
import { contentFractions, elementsOf } from '../composition.js';
import { requireFacility } from '../facility.js';
import { inspectHsCode } from '../flag.js';
import { requirePast } from '../instant.js';
import { firstKeyOf, requireSigner, signerKeys } from '../key.js';
import { uniteOrigins } from '../origin-claims.js';
import { requireParty, requireScope } from '../party.js';
import { parseMass } from '../quantity.js';
import { requireSoundShares } from '../recycled.js';
import {
  aboutKey,
  batchKey,
  facilityKey,
  keyKey,
  lotKey,
  readState,
  writeState,
} from '../state-key.js';

/** Material that enters the ledger from outside; origins that nobody claims are unknown. */
export const intake: Decider<Intake> = {
  touches(signed) {
    const { id, facility, supplier } = signed.statement.credentialSubject;
    const named = [batchKey(id), aboutKey(id), facilityKey(facility), lotOf(signed)];
    if (supplier) named.push(keyKey(firstKeyOf(supplier)));
    return [...new Set([...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { issuer, credentialSubject } = signed.statement;
    const { id, lot, quantity, composition, facility, receivedAt, supplier } = credentialSubject;
    requireSigner(state, signed, at);
    requireScope(id, issuer, '/credentialSubject/id');
    requireNewBatch(state, id, '/credentialSubject/id');
    requireFacility(state, facility, issuer, '/credentialSubject/facility');
    if (supplier) requireParty(state, supplier, '/credentialSubject/supplier');
    if (readState(state, lotOf(signed)))
      throw refuse(
        'lot-already-registered',
        `The lot ${lot} was taken in.`,
        '/credentialSubject/lot',
      );
    parseMass(quantity, 'down', '/credentialSubject/quantity');
    contentFractions(composition, '/credentialSubject/composition');
    const recycled = credentialSubject.recycled ?? [];
    requireSoundShares(recycled, composition, '/credentialSubject/recycled');
    requirePast(receivedAt, at, '/credentialSubject/receivedAt');
  },

  apply(_state, signed, at) {
    const { id } = signed.statement.credentialSubject;
    return [
      writeState(batchKey(id), batchOf(signed, at)),
      writeState(lotOf(signed), { batch: id }),
    ];
  },
};

/** A lot number is the intake's own: the facility that took it in uses it once. */
function lotOf({ statement }: Signed<Intake>): string {
  const { facility, lot } = statement.credentialSubject;
  return lotKey(facility, 'intake', lot);
}

function batchOf(signed: Signed<Intake>, at: At) {
  const { issuer, credentialSubject } = signed.statement;
  const { id, form, lot, facility, composition, custodyModel, receivedAt } = credentialSubject;
  const { massMg, basis } = parseMass(credentialSubject.quantity, 'down', '');
  return newBatch(
    {
      id,
      form,
      lot,
      facility,
      basis,
      composition,
      custodyModel,
      massMg: massMg.toString(),
      pieces: null,
      owner: issuer,
      custodian: issuer,
      intake: { holder: issuer, supplier: credentialSubject.supplier ?? null },
      madeAt: null,
      availableFrom: receivedAt,
      origins: uniteOrigins(credentialSubject.origins, elementsOf(composition)),
      recycled: credentialSubject.recycled ?? [],
      flags: flagsOf(signed),
    },
    at,
  );
}

function flagsOf({ statement, digest }: Signed<Intake>): Flag[] {
  const { id, hsCode, form, composition } = statement.credentialSubject;
  return inspectHsCode({ id, hsCode, form, composition }, digest);
}
