import type { Decider, Opened, Release, StateView, At } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireBatch, requireUsable, type BatchRelease, type BatchState } from '../batch.js';
import { isLive, readCertificate } from '../certificate.js';
import { requireOrder, requirePast } from '../instant.js';
import { requireSigner, signerKeys } from '../key.js';
import { isBeyond } from '../log-place.js';
import { isOwnLog, requireRegistry } from '../registry.js';
import { aboutKey, batchKey, certificateKey, REGISTRY_KEY, writeState } from '../state-key.js';
import { requireTitle } from '../title.js';

/** Locks a batch at home for one other registry; only that registry's refusal opens it again. */
export const release: Decider<Release> = {
  touches(signed) {
    const { batch, certificate } = signed.statement.credentialSubject;
    const named = [REGISTRY_KEY, batchKey(batch), aboutKey(batch), certificateKey(certificate)];
    return [...named, ...signerKeys(signed)];
  },

  decide(state, signed, at) {
    const { issuer, credentialSubject } = signed.statement;
    const { batch: id, destination, releasedAt } = credentialSubject;
    const registry = requireRegistry(state);
    requireSigner(state, signed, at);
    const batch = requireUsable(state, id, issuer, at, '/credentialSubject/batch');
    requireCertificate(state, signed.statement, batch, at);
    requireTitle(batch, issuer, credentialSubject.transfersTitle);
    if (destination.registry === registry.id || isOwnLog(registry, destination.origin))
      throw refuse(
        'release-not-for-this-registry',
        'A release names another registry than this one.',
        '/credentialSubject/destination/registry',
      );
    requirePast(releasedAt, at, '/credentialSubject/releasedAt');
    requireOrder(batch.availableFrom, releasedAt, '/credentialSubject/releasedAt');
  },

  apply(state, { statement, digest }, { origin, index }) {
    const { batch: id, certificate, destination, importer } = statement.credentialSubject;
    const batch = requireBatch(state, id, '');
    const place = { origin, index, statement: digest };
    const locked: BatchRelease = { ...place, certificate, importer, destination };
    return [writeState(batchKey(id), { ...batch, release: locked })];
  },
};

/**
 * The certificate travels in the import and says there what the batch is, so it must still say it
 * here: otherwise what was used since would exist twice.
 */
function requireCertificate(
  state: StateView,
  { credentialSubject }: Opened<Release>,
  batch: BatchState,
  at: At,
): void {
  const pointer = '/credentialSubject/certificate';
  const certificate = readCertificate(state, credentialSubject.certificate);
  if (certificate?.batch !== batch.id)
    throw refuse('reference-unknown', `No such certificate of ${batch.id}.`, pointer);
  if (!isLive(certificate, at.recordedAt) || batch.certificate?.id !== certificate.id)
    throw refuse('certificate-not-live', `${certificate.id} is not live.`, pointer);
  if (certificate.origin !== at.origin)
    throw refuse(
      'certificate-stale',
      `${certificate.id} stands in ${certificate.origin}, which this log succeeds.`,
      pointer,
      { remedy: 'Ask for a certificate that supersedes it, and release the batch under that one.' },
    );
  if (isBeyond(batch.changedAt, certificate))
    throw refuse(
      'certificate-stale',
      `The batch changed at index ${batch.changedAt.index}, after the certificate.`,
      pointer,
    );
}
