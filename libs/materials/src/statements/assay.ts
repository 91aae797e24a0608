import type { Assay, Decider } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireAccreditation } from '../accreditation.js';
import { requireBatch } from '../batch.js';
import { contentFractions } from '../composition.js';
import { inspectAssay, uniteFlags } from '../flag.js';
import { firstDateAt, lastDateAt } from '../instant.js';
import { placeOf } from '../log-place.js';
import { requireSigner, signerKeys } from '../key.js';
import { aboutKey, accreditationKey, batchKey, writeState } from '../state-key.js';

/**
 * A laboratory's measurement under an accreditation (ISO/IEC 17025). It supports or contradicts the
 * declared composition; it never changes mass or composition, for a measurement credits nothing.
 */
export const assay: Decider<Assay> = {
  touches(signed) {
    const { batch, accreditation } = signed.statement.credentialSubject;
    const named = [batchKey(batch), aboutKey(batch), accreditationKey(accreditation)];
    return [...named, ...signerKeys(signed)];
  },

  decide(state, signed, at) {
    const { issuer, credentialSubject } = signed.statement;
    const { batch: id, accreditation, method, sampledOn, testedOn } = credentialSubject;
    requireSigner(state, signed, at, { role: 'laboratory' });
    const batch = requireBatch(state, id, '/credentialSubject/batch');
    if (lastDateAt(at.recordedAt) < testedOn)
      throw refuse(
        'time-in-future',
        `${testedOn} is after ${at.recordedAt}.`,
        '/credentialSubject/testedOn',
      );
    if (testedOn < sampledOn)
      throw refuse(
        'time-out-of-order',
        `Tested on ${testedOn}, before it was sampled on ${sampledOn}.`,
        '/credentialSubject/testedOn',
      );
    if (batch.madeAt !== null && sampledOn < firstDateAt(batch.madeAt))
      throw refuse(
        'time-out-of-order',
        `Sampled on ${sampledOn}, before it was made at ${batch.madeAt}.`,
        '/credentialSubject/sampledOn',
      );
    const work = { holder: issuer, method, form: batch.form, on: testedOn };
    requireAccreditation(state, accreditation, work);
    contentFractions(credentialSubject.composition, '/credentialSubject/composition');
  },

  apply(state, { statement, digest }, at) {
    const { batch: id, composition } = statement.credentialSubject;
    const batch = requireBatch(state, id, '');
    const flags = uniteFlags([...batch.flags, ...inspectAssay(batch, composition, digest)]);
    const changed = { flags, changedAt: placeOf(at), standingAt: placeOf(at) };
    return [writeState(batchKey(id), { ...batch, ...changed })];
  },
};
