import { canonicalBytes, type KeyRotation } from '#lib/documents';
import { signDocument } from '#lib/credentials';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { keyKey, REGISTRY_KEY, type KeyState, type RegistryState } from '#lib/materials';
import { formatVerifierKey } from '#lib/tlog';
import { CONTEXT } from './context.js';
import { verifierKeyOf } from './key-ring.js';
import { ledgerState } from './ledger/ledger-state.js';
import type { Registry } from './registry.js';
import { AdmitStatement } from './statements/admit-statement.js';

/** How keys are rotated. */
export interface RotationOptions {
  /** RFC 3339: until then old and new keys count, from then on the new ones alone. */
  retireAt: string;
}

/** The keys after a rotation. */
export interface RotatedKeys {
  statementKey: string;
  /** C2SP signed-note verifier key. */
  logKey: string;
  /** RFC 3339: when the keys before end. */
  retireAt: string;
  /** Where the rotation is recorded. */
  index: number;
}

/**
 * Gives a registry new keys for its statements and its log, and announces both in the log by one
 * statement that the old and the new statement key sign. Every process of the registry follows within
 * seconds. Throws what the decider of KeyRotation refuses.
 *
 * The first checkpoint over that entry is signed by the old log key alone: it is what leads from the
 * old key to the new one, and every bundle carries it.
 */
export async function rotateKeys(
  registry: Registry,
  { retireAt }: RotationOptions,
): Promise<RotatedKeys> {
  const { keys, identity } = registry;
  const state = (await ledgerState<RegistryState>(registry, REGISTRY_KEY))!;
  const old = keys.signer;
  const statement = await keys.unannounced('statement', ({ publicKeyMultibase }) =>
    state.keys.includes(publicKeyMultibase),
  );
  const log = await keys.unannounced('log', (signer) => isAnnounced(state, signer));
  const logKey = formatVerifierKey(verifierKeyOf(identity.origin, log));
  const rotation: KeyRotation['credentialSubject'] = {
    id: identity.did,
    add: [statement.publicKeyMultibase],
    retire: (await lastingKeys(registry, state.keys, retireAt)).map((publicKeyMultibase) => ({
      publicKeyMultibase,
      at: retireAt,
    })),
    logKeys: {
      add: [logKey],
      retire: state.logKeys
        .filter(({ validUntil }) => isLater(validUntil, retireAt))
        .map((each) => ({ logKey: each.logKey, at: retireAt })),
    },
  };
  const body = await signedByBoth(
    identity.did,
    rotation,
    [old, statement],
    await registry.timeNow(),
  );
  const { receipt } = await new AdmitStatement(registry).admit(body);
  await keys.refresh();
  return { statementKey: statement.publicKeyMultibase, logKey, retireAt, index: receipt.index };
}

/** Whether a key signs, or signed, for any log of the registry. */
export function isAnnounced(
  { origin, logKeys, predecessors }: RegistryState,
  signer: KeySigner,
): boolean {
  return [...predecessors, { origin, logKeys }].some((log) => {
    const name = formatVerifierKey(verifierKeyOf(log.origin, signer));
    return log.logKeys.some(({ logKey }) => logKey === name);
  });
}

/** Those of the registry's statement keys that would outlast `retireAt`. */
async function lastingKeys(
  registry: Registry,
  keys: readonly string[],
  retireAt: string,
): Promise<string[]> {
  const states = await registry.ledger.states(keys.map(keyKey));
  return keys.filter((key) => {
    const { validUntil } = states.get(keyKey(key)) as unknown as KeyState;
    return isLater(validUntil, retireAt);
  });
}

function isLater(validUntil: string | null, retireAt: string): boolean {
  return validUntil === null || Date.parse(validUntil) > Date.parse(retireAt);
}

async function signedByBoth(
  issuer: string,
  credentialSubject: KeyRotation['credentialSubject'],
  signers: readonly KeySigner[],
  created: string,
): Promise<Uint8Array> {
  let statement: object = {
    '@context': CONTEXT,
    type: ['VerifiableCredential', 'KeyRotation'],
    issuer,
    validFrom: created,
    credentialSubject,
  };
  for (const signer of signers)
    statement = await signDocument(nodeCrypto.sha256, statement, signer, { created });
  return canonicalBytes({ disclosures: [], statement });
}
