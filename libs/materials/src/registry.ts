import type { RegistryGenesis, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import type { KeyState } from './key.js';
import { readState, REGISTRY_KEY } from './state-key.js';

/** Plausible elemental yields of one step, in percent. */
export type YieldBand = RegistryGenesis['credentialSubject']['yieldBands'][number];

/** What the genesis says about the registry, and the keys added since. */
export interface RegistryState {
  id: string;
  name: string;
  jurisdiction: string;
  origin: string;
  logKey: string;
  /** Every key it ever registered; `key:` says which are still valid. */
  keys: string[];
  authority: string;
  yieldBands: YieldBand[];
  /** Digest of the genesis. */
  genesis: string;
}

/** The registry's state. Throws `reference-unknown` for a log that has no genesis yet. */
export function requireRegistry(state: StateView): RegistryState {
  const registry = readState<RegistryState>(state, REGISTRY_KEY);
  if (!registry) throw refuse('reference-unknown', 'This log has no genesis yet.', '/issuer');
  return registry;
}

/** Whether a key belongs to an authority of the registry's own jurisdiction. */
export function isHomeAuthority(key: KeyState, registry: RegistryState): boolean {
  return key.roles.includes('authority') && key.country === registry.jurisdiction;
}
