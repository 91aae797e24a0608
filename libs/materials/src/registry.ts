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
  /** Of its log, or of the last of its logs. */
  origin: string;
  /** The verifier key that the genesis of that log names. */
  logKey: string;
  /** Every key that ever signed that log's checkpoints, that one first. */
  logKeys: LogKeyState[];
  /** The logs that it kept before, the oldest first. */
  predecessors: PastLog[];
  /** Every key it ever registered; `key:` says which are still valid. */
  keys: string[];
  authority: string;
  yieldBands: YieldBand[];
  /** Digest of the genesis. */
  genesis: string;
}

/** A key of the registry's log. */
export interface LogKeyState {
  /** C2SP signed-note verifier key. */
  logKey: string;
  /** The recorded time from which it counts. */
  validFrom: string;
  /** From then on it does not count; null while nobody has retired it. */
  validUntil: string | null;
}

/** A log that was frozen for the one that succeeds it. */
export interface PastLog {
  origin: string;
  logKeys: LogKeyState[];
  /** The head at which it was frozen; the hash is 64 lowercase hex. */
  treeSize: number;
  rootHash: string;
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

/** Whether a log is, or was, this registry's own. */
export function isOwnLog({ origin, predecessors }: RegistryState, other: string): boolean {
  return origin === other || predecessors.some((past) => past.origin === other);
}
