import type { At, Decider, RegistryGenesis, Signed, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import { firstKeyOf, newKey, requireSignature, requireSigner, signerKeys } from '../key.js';
import type { PartyState } from '../party.js';
import type { RegistryState } from '../registry.js';
import { aboutKey, keyKey, partyKey, readState, REGISTRY_KEY, writeState } from '../state-key.js';

/**
 * Index 0 of a log: the registry, its keys, and the authority that registers everybody else. A
 * registry has one log after another: the genesis of a successor names the head at which the log
 * before was frozen, and is signed by keys that the registry has there.
 */
export const registryGenesis: Decider<RegistryGenesis> = {
  touches(signed) {
    const { id, keys, authority } = signed.statement.credentialSubject;
    const allKeys = [...keys, firstKeyOf(authority)];
    return [
      ...new Set([
        REGISTRY_KEY,
        partyKey(id),
        partyKey(authority),
        ...allKeys.flatMap((key) => [keyKey(key), aboutKey(key)]),
        ...signerKeys(signed),
      ]),
    ];
  },

  decide(state, signed, at) {
    const { id, origin, keys, authority, predecessor } = signed.statement.credentialSubject;
    const before = readState<RegistryState>(state, REGISTRY_KEY);
    if (at.index !== 0 || (before && !predecessor))
      throw refuse(
        'already-registered',
        'A log has one genesis, at index 0.',
        '/credentialSubject/id',
      );
    if (signed.statement.issuer !== id)
      throw refuse('not-issuer', 'A genesis is issued by the registry it names.', '/issuer');
    if (origin !== at.origin)
      throw refuse(
        'reference-unknown',
        `This log’s origin is ${at.origin}.`,
        '/credentialSubject/origin',
      );
    if (keys.includes(firstKeyOf(authority)))
      throw refuse(
        'already-registered',
        'The authority has a key of its own, not the registry’s.',
        '/credentialSubject/authority',
      );
    for (const [i, key] of keys.entries())
      requireSignature(signed, key, `/credentialSubject/keys/${i}`);
    requireNoStranger(signed, keys);
    if (predecessor) requireSuccession(state, signed, at, before);
  },

  apply(state: StateView, signed: Signed<RegistryGenesis>, at: At): StateWrite[] {
    const { keys, authority, jurisdiction, id } = signed.statement.credentialSubject;
    const before = readState<RegistryState>(state, REGISTRY_KEY);
    if (before) return [writeState(REGISTRY_KEY, succeededState(before, signed, at))];
    const home = { party: id, country: jurisdiction, roles: [] };
    const ruler = { party: authority, country: jurisdiction, roles: ['authority' as const] };
    const authorityKey = firstKeyOf(authority);
    return [
      writeState(REGISTRY_KEY, registryState(signed, at)),
      writeState(partyKey(authority), authorityState(signed)),
      writeState(keyKey(authorityKey), newKey(authorityKey, ruler, at)),
      ...keys.map((key) => writeState(keyKey(key), newKey(key, home, at))),
    ];
  },
};

function requireNoStranger(signed: Signed<RegistryGenesis>, keys: readonly string[]): void {
  for (const { publicKeyMultibase } of signed.signers)
    if (!keys.includes(publicKeyMultibase))
      throw refuse('key-not-valid', `${publicKeyMultibase} is no key of the registry.`, '/proof');
}

/** Throws unless the genesis continues this very registry from the log that the state is of. */
function requireSuccession(
  state: StateView,
  signed: Signed<RegistryGenesis>,
  at: At,
  before: RegistryState | undefined,
): void {
  const { id, jurisdiction, authority, origin, logKey, keys, predecessor } =
    signed.statement.credentialSubject;
  const refuseAt = (member: string, detail: string) =>
    refuse('reference-unknown', detail, `/credentialSubject/${member}`);
  if (!before) throw refuseAt('predecessor', 'This ledger holds no log to succeed.');
  const past = [...before.predecessors, before];
  const isPastKey = past.some(({ logKeys }) => logKeys.some((each) => each.logKey === logKey));
  if (isPastKey || past.some((each) => each.origin === origin))
    throw refuse('already-registered', 'A successor log has an origin and a key of its own.');
  if (before.id !== id) throw refuseAt('id', `The log before is that of ${before.id}.`);
  if (before.jurisdiction !== jurisdiction)
    throw refuseAt('jurisdiction', `The log before is that of ${before.jurisdiction}.`);
  if (before.authority !== authority)
    throw refuseAt('authority', `The first authority is ${before.authority}.`);
  if (before.origin !== predecessor!.origin)
    throw refuseAt('predecessor/origin', `The log before is ${before.origin}.`);
  if (!before.logKeys.some((each) => each.logKey === predecessor!.logKey))
    throw refuseAt('predecessor/logKey', `${before.origin} has no such key.`);
  for (const [i, key] of keys.entries())
    if (!before.keys.includes(key)) throw refuseAt(`keys/${i}`, `${key} is no key of ${id}.`);
  requireSigner(state, signed, at);
}

function registryState(signed: Signed<RegistryGenesis>, at: At): RegistryState {
  const { id, name, jurisdiction, origin, logKey, keys, authority, yieldBands } =
    signed.statement.credentialSubject;
  const state = { id, name, jurisdiction, origin, logKey, keys, authority, yieldBands };
  const logKeys = [{ logKey, validFrom: at.recordedAt, validUntil: null }];
  return { ...state, logKeys, predecessors: [], genesis: signed.digest };
}

/** Its keys go on as they were; what else the genesis says takes the place of what stood before. */
function succeededState(
  before: RegistryState,
  signed: Signed<RegistryGenesis>,
  at: At,
): RegistryState {
  const { treeSize, rootHash } = signed.statement.credentialSubject.predecessor!;
  const { origin, logKeys, keys } = before;
  const predecessors = [...before.predecessors, { origin, logKeys, treeSize, rootHash }];
  return { ...registryState(signed, at), keys, predecessors };
}

function authorityState({ statement, digest }: Signed<RegistryGenesis>): PartyState {
  const { authority: id, jurisdiction: country } = statement.credentialSubject;
  const keys = [firstKeyOf(id)];
  return { id, country, roles: ['authority'], keys, lei: null, registered: digest };
}
