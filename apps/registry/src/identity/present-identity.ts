import { Injectable } from '@nestjs/common';
import { registryDidDocument, type DidDocument, type RegistryKey } from '#lib/credentials';
import type { Trust } from '#lib/documents';
import { keyKey, REGISTRY_KEY, type KeyState, type RegistryState } from '#lib/materials';
import { ledgerState } from '../ledger/ledger-state.js';
import { Registry } from '../registry.js';

/** How the registry presents itself: its DID document and itself as a trust file. */
@Injectable()
export class PresentIdentity {
  constructor(private readonly registry: Registry) {}

  /** Every key that the registry ever registered in its own log, with the time that ended it. */
  async didDocument(): Promise<DidDocument> {
    const { ledger, identity } = this.registry;
    const state = await ledgerState<RegistryState>(this.registry, REGISTRY_KEY);
    const names = state!.keys.map(keyKey);
    const keys = await ledger.states(names);
    return registryDidDocument(
      identity.did,
      names.map((name) => registryKey(keys.get(name) as unknown as KeyState)),
    );
  }

  /**
   * This registry alone, under the log key that counts longest. Who trusts it compares that key over
   * another channel first; the log itself names the keys and the logs before.
   */
  trust(): Trust {
    const { did, jurisdiction, origin, url } = this.registry.identity;
    const logKey = this.registry.keys.newestLogKey;
    const registries = [{ registry: did, jurisdiction, origin, logKey, url }];
    return { type: 'LodestoneTrust', version: 1, registries };
  }
}

function registryKey({ publicKeyMultibase, validUntil, revoked }: KeyState): RegistryKey {
  if (revoked) return { publicKeyMultibase, revoked: revoked.effectiveFrom };
  return validUntil === null ? { publicKeyMultibase } : { publicKeyMultibase, expires: validUntil };
}
