import { createHash } from 'node:crypto';
import {
  canonicalize,
  checkStatement,
  type Decider,
  type Json,
  type Signed,
  type Statement,
} from '#lib/documents';
import { MATERIAL_DECIDERS, type Recorded } from '#lib/materials';
import { Problem } from '#lib/problem';
import type { Change } from './statements.js';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A key that signs nothing: a Multikey made of a name, so that tests read the same every time. */
export function keyNamed(name: string): string {
  const letters = sha256Hex(name).replaceAll('0', 'g');
  return `z6Mk${letters.slice(0, 44)}`;
}

/** The did:key of the party whose first key has that name. */
export const didOf = (name: string): string => `did:key:${keyNamed(name)}`;

/** How a statement is recorded, when not by its issuer's first key alone. */
export interface SayOptions {
  /** Names of the keys that sign; by default the issuer's own. */
  by?: readonly string[];
  /** More members of the credential: id, validUntil, credentialStatus. */
  members?: Change;
}

/** The rules of every statement type that a ledger follows. */
export type Deciders = Readonly<Record<string, Decider<Statement>>>;

/**
 * The rules alone, over a state in memory: no bytes, no signatures, no tree. It holds every decider
 * to its word: what it reads or writes, `touches` must have named.
 */
export class RecordingLedger {
  readonly state = new Map<string, Json>();
  readonly records: Recorded[] = [];

  private begun = 0;

  constructor(
    public origin: string,
    /** RFC 3339 UTC with milliseconds: when the next statement is recorded. */
    public now: string,
    private readonly deciders: Deciders = MATERIAL_DECIDERS,
  ) {}

  /** Records a statement of the party whose name or did:web is given; throws when it is refused. */
  say(issuer: string, type: string, subject: Change, options: SayOptions = {}): Recorded {
    const { by = [issuer], members = {} } = options;
    const did = issuer.startsWith('did:') ? issuer : didOf(issuer);
    const keys = by.map(keyNamed);
    const unsigned = {
      '@context': ['https://www.w3.org/ns/credentials/v2', 'https://lodestone.example/contexts/v1'],
      type: ['VerifiableCredential', type],
      issuer: did,
      validFrom: this.now,
      credentialSubject: subject,
      ...members,
    };
    const proofs = keys.map((key) => proofOf(key, this.now));
    const statement = checkStatement(
      structuredClone({ ...unsigned, proof: proofs.length === 1 ? proofs[0] : proofs }),
    );
    const signed = {
      statement,
      type,
      digest: sha256Hex(canonicalize(statement)),
      identity: sha256Hex(canonicalize({ payload: unsigned, signers: keys.toSorted() })),
      signers: keys.map((publicKeyMultibase) => ({
        did: `did:key:${publicKeyMultibase}`,
        verificationMethod: `did:key:${publicKeyMultibase}#${publicKeyMultibase}`,
        publicKeyMultibase,
      })),
    } as Signed<Statement>;
    return this.record(signed);
  }

  /** What is said from now on goes into another log, from index 0. */
  continueIn(origin: string): void {
    this.origin = origin;
    this.begun = this.records.length;
  }

  /** The records that touch any of the keys, as the store reads its mentions. */
  history = async (keys: readonly string[]): Promise<Recorded[]> =>
    this.records.filter(({ signed }) => {
      const touched = this.deciderOf(signed).touches(signed);
      return keys.some((key) => touched.includes(key));
    });

  private record(signed: Signed<Statement>): Recorded {
    const { origin, now: recordedAt } = this;
    const at = { origin, index: this.records.length - this.begun, recordedAt };
    const decider = this.deciderOf(signed);
    const touched = new Set(decider.touches(signed));
    const view = {
      get: (key: string) => {
        if (!touched.has(key)) throw new Error(`${key} is read and not touched`);
        return structuredClone(this.state.get(key));
      },
    };
    decider.decide(view, signed, at);
    for (const [key, value] of decider.apply(view, signed, at)) {
      if (!touched.has(key)) throw new Error(`${key} is written and not touched`);
      if (value === null) this.state.delete(key);
      else this.state.set(key, JSON.parse(canonicalize(value)) as Json);
    }
    const recorded = { signed, at };
    this.records.push(recorded);
    return recorded;
  }

  private deciderOf({ statement }: Signed<Statement>): Decider<Statement> {
    return this.deciders[statement.type[1]]!;
  }
}

/** Expects a refusal by that name at that JSON Pointer, and gives it back for a closer look. */
export function refusal(attempt: () => unknown, problem: string, pointer: string): Problem {
  let thrown: unknown;
  try {
    attempt();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof Problem)) throw thrown ?? new Error(`Nobody refused with ${problem}`);
  expect({ problem: thrown.problem, pointer: thrown.pointer }).toEqual({ problem, pointer });
  return thrown;
}

function proofOf(key: string, created: string) {
  return {
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    created,
    verificationMethod: `did:key:${key}#${key}`,
    proofPurpose: 'assertionMethod',
    proofValue: `z${'5'.repeat(87)}`,
  };
}
