import type { Decider, ImportRefusal } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireBatch } from '../batch.js';
import { aboutKey, batchKey, writeState } from '../state-key.js';

/**
 * The destination registry declines a release for good; that opens the batch again. This log does not
 * know the registry's keys: the release named the only one that can sign.
 */
export const importRefusal: Decider<ImportRefusal> = {
  touches({ statement }) {
    const { batch } = statement.credentialSubject;
    return [batchKey(batch), aboutKey(batch)];
  },

  decide(state, { statement, signers }) {
    const { batch: id, release } = statement.credentialSubject;
    const locked = requireBatch(state, id, '/credentialSubject/batch').release;
    const isThis =
      locked?.index === release.index &&
      locked.statement === release.statement &&
      locked.origin === release.origin;
    if (!isThis)
      throw refuse(
        'reference-unknown',
        `${id} is not under that release.`,
        '/credentialSubject/release',
      );
    const { registry, key } = locked.destination;
    if (statement.issuer !== registry)
      throw refuse('not-issuer', `It was released to ${registry}.`, '/issuer');
    if (!signers.every(({ publicKeyMultibase }) => publicKeyMultibase === key))
      throw refuse('key-not-valid', `Only the key ${key} can refuse the release.`, '/proof');
  },

  apply(state, { statement }) {
    const { batch: id } = statement.credentialSubject;
    const batch = requireBatch(state, id, '');
    return [writeState(batchKey(id), { ...batch, release: null })];
  },
};
