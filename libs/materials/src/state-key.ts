import type { Json, StateView, StateWrite } from '#lib/documents';

/** The state key of the registry's own state, written by its genesis. */
export const REGISTRY_KEY = 'registry';

/** The state key of a party: its roles, country and keys. Only statements about it touch this key. */
export const partyKey = (did: string): string => `party:${did}`;

/** The state key of one public key, as Multikey text: whose it is and how long it is valid. */
export const keyKey = (publicKeyMultibase: string): string => `key:${publicKeyMultibase}`;

/** The state key of a facility. */
export const facilityKey = (id: string): string => `facility:${id}`;

/** The state key of an accreditation. */
export const accreditationKey = (id: string): string => `accreditation:${id}`;

/** The state key of a batch. */
export const batchKey = (id: string): string => `batch:${id}`;

/** The state key that one lot occupies: a facility makes a lot number once per step. */
export const lotKey = (facility: string, step: string, lot: string): string =>
  `lot:${facility}|${step}|${lot}`;

/** The state key of a handover offer, by the digest of its statement. */
export const offerKey = (digest: string): string => `offer:${digest}`;

/** The state key of what a facility put out by one step in one calendar year. */
export const outputKey = (facility: string, step: string, year: string): string =>
  `output:${facility}|${step}|${year}`;

/** The state key of a certificate. */
export const certificateKey = (id: string): string => `certificate:${id}`;

/** The state key under which the successor of a certificate is announced, by the successor's id. */
export const successorKey = (certificateId: string): string => `successor:${certificateId}`;

/**
 * A key that holds no state: it marks the few statements that are about a batch, a facility, an
 * accreditation or a public key, apart from the many that use it. Provenance finds them by it.
 */
export const aboutKey = (id: string): string => `about:${id}`;

/** The state under a key, as the type that the owner of the key writes there. */
export function readState<T>(state: StateView, key: string): T | undefined {
  // Only appliers write state, so its shape is theirs and is not validated again.
  return state.get(key) as unknown as T | undefined;
}

/** One write of plain state; its values are strings, numbers, lists and objects of these. */
export function writeState(key: string, value: object): StateWrite {
  return [key, value as Json];
}

/** The DID in whose name an identifier stands: what comes before its first slash. */
export function scopeOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}
