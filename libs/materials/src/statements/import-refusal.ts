import type { Decider, ImportRefusal, Signed, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireBatch } from '../batch.js';
import {
  declinedKey,
  importKey,
  requireOpenRelease,
  type DeclinedState,
} from '../foreign-release.js';
import { readKey, signerKeys } from '../key.js';
import { isOwnLog, requireRegistry, type RegistryState } from '../registry.js';
import { aboutKey, batchKey, REGISTRY_KEY, writeState } from '../state-key.js';

/**
 * The destination registry declines a release for good. It is recorded twice: in the destination's
 * own log, where that release can no longer be imported, and then at home, where it opens the batch
 * again. The origin of the release tells which of the two this log is.
 */
export const importRefusal: Decider<ImportRefusal> = {
  touches(signed) {
    const { batch, release } = signed.statement.credentialSubject;
    const here = [REGISTRY_KEY, batchKey(batch), aboutKey(batch)];
    const there = [importKey(release.origin, release.index), declinedKey(release)];
    return [...here, ...there, ...signerKeys(signed)];
  },

  decide(state, signed) {
    const registry = requireRegistry(state);
    if (isHome(registry, signed)) requireLocked(state, signed);
    else requireOwn(state, signed, registry);
  },

  apply(state, signed) {
    const { batch: id, release } = signed.statement.credentialSubject;
    if (isHome(requireRegistry(state), signed)) {
      const batch = requireBatch(state, id, '');
      return [writeState(batchKey(id), { ...batch, release: null })];
    }
    const declined: DeclinedState = { statement: signed.digest };
    return [writeState(declinedKey(release), declined)];
  },
};

function isHome(registry: RegistryState, { statement }: Signed<ImportRefusal>): boolean {
  return isOwnLog(registry, statement.credentialSubject.release.origin);
}

/** At home, which does not know the registry's keys: the release named the only one that can sign. */
function requireLocked(state: StateView, { statement, signers }: Signed<ImportRefusal>): void {
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
}

/**
 * At the destination, under a key of its own. A retired one will do, because a release of before its
 * retirement is opened again by no other; a revoked one may be in strange hands.
 */
function requireOwn(
  state: StateView,
  { statement, signers }: Signed<ImportRefusal>,
  registry: RegistryState,
): void {
  if (statement.issuer !== registry.id)
    throw refuse('not-issuer', `Releases to ${registry.id} are declined by it alone.`, '/issuer');
  for (const { publicKeyMultibase } of signers) {
    const key = readKey(state, publicKeyMultibase);
    if (key?.party !== registry.id || key.revoked)
      throw refuse('key-not-valid', `${publicKeyMultibase} is no key of ${registry.id}.`, '/proof');
  }
  requireOpenRelease(state, statement.credentialSubject.release);
}
