import type { At, Decider, Json, Opened, Signed, Statement, StatementType } from '#lib/documents';
import { goodStanding, keyKey, REGISTRY_KEY, type KeyState } from '#lib/materials';
import { Problem } from '#lib/problem';
import { digest, party } from './magnet-facts.js';

/** Where and when the statements of these tests are recorded. */
export const AT: At = {
  origin: 'us.example/log',
  index: 100,
  recordedAt: '2026-11-22T12:00:00.000Z',
};

/** The registry of these tests, with one key; its jurisdiction is the United States. */
export const REGISTRY = 'did:web:us.example';

const registryKey = party('registry').slice('did:key:'.length);

/** Decision state in memory, with one authority at home and one abroad, and a few firms. */
export class LedgerState {
  private readonly values = new Map<string, Json>();

  constructor() {
    this.put(REGISTRY_KEY, {
      id: REGISTRY,
      name: 'Registry',
      jurisdiction: 'US',
      origin: AT.origin,
      logKey: 'us.example/log+00000000+AAAA',
      keys: [registryKey],
      authority: party('authority'),
      yieldBands: [],
      genesis: digest('genesis'),
      logKeys: [],
      predecessors: [],
    });
    this.addKey(registryKey, REGISTRY, 'US', []);
    this.addParty('authority', 'US', ['authority']);
    this.addParty('foreignauthority', 'AU', ['authority']);
    this.addParty('importer', 'US', ['processor']);
    this.addParty('buyer', 'US', ['buyer']);
  }

  get(key: string): Json | undefined {
    return this.values.get(key);
  }

  put(key: string, value: object): void {
    this.values.set(key, structuredClone(value) as Json);
  }

  addParty(name: string, country: string, roles: KeyState['roles']): void {
    this.addKey(party(name).slice('did:key:'.length), party(name), country, roles);
  }

  private addKey(key: string, owner: string, country: string, roles: KeyState['roles']): void {
    const life = { validFrom: '2026-01-01T00:00:00.000Z', validUntil: null, revoked: null };
    const state: KeyState = { publicKeyMultibase: key, party: owner, country, roles, ...life };
    this.put(keyKey(key), state);
  }

  /**
   * Decides and applies, as the sequencer does; also demands that `touches` named every key that was
   * read or written, for the sequencer loads no other.
   */
  record<S extends Statement>(decider: Decider<S>, signed: Signed<S>, at: At = AT): void {
    const touched = new Set(decider.touches(signed));
    const view = {
      get: (key: string) => {
        if (!touched.has(key)) throw new Error(`${key} is read and not touched`);
        return this.get(key);
      },
    };
    decider.decide(view, signed, at);
    for (const [key, value] of decider.apply(view, signed, at)) {
      if (!touched.has(key)) throw new Error(`${key} is written and not touched`);
      if (value === null) this.values.delete(key);
      else this.values.set(key, value);
    }
  }
}

/** A statement as deciders see it: its proofs have verified, `signers` are the parties that signed. */
export function signed<S extends Statement>(
  type: StatementType,
  issuer: string,
  credentialSubject: Opened<S>['credentialSubject'],
  signers: string[] = [issuer],
): Signed<S> {
  const statement = {
    type: ['VerifiableCredential', type],
    issuer,
    validFrom: '2026-11-22T00:00:00Z',
    credentialSubject,
  } as unknown as Opened<S>;
  const name = JSON.stringify([statement, signers]);
  const keys = signers.map((did) => (did === REGISTRY ? `did:key:${registryKey}` : did));
  return {
    statement,
    type,
    digest: digest(name),
    identity: digest(`identity ${name}`),
    signers: keys.map((did) => {
      const publicKeyMultibase = did.slice('did:key:'.length);
      return { did, verificationMethod: `${did}#${publicKeyMultibase}`, publicKeyMultibase };
    }),
  };
}

/** The problem that a refusal is, with its pointer; fails if nothing is refused. */
export function refusal(act: () => void): { problem: string; pointer: string | undefined } {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return { problem: error.problem, pointer: error.pointer };
    throw error;
  }
  throw new Error('Nothing was refused');
}

/** The standing of something that an authority has suspended. */
export const suspended = {
  ...goodStanding(),
  status: 'suspended',
  suspensions: [{ from: '2026-11-01T00:00:00Z', until: null, by: party('authority') }],
};
