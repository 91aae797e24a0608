import type { Trust } from '#lib/documents';
import type { AmericanBatches } from './america.js';
import type { ReleasedOxide } from './australia.js';
import type { AmericanCast, AustralianCast } from './cast.js';
import type { IssuedCertificate, Narrator } from './narrator.js';
import type { RunningRegistry } from './registries.js';

/** All that stands when the honest case is over, and that the frauds then try to abuse. */
export interface Stage {
  au: RunningRegistry;
  us: RunningRegistry;
  australia: AustralianCast;
  america: AmericanCast;
  released: ReleasedOxide;
  recognition: string;
  batches: AmericanBatches;
  certificate: IssuedCertificate;
  /** The exact bytes of the certificate's evidence bundle. */
  bundle: Uint8Array;
  /** What the prime believes. */
  trust: Trust;
  tell: Narrator;
}

/** One attempted fraud and what became of it. */
export interface FraudOutcome {
  name: string;
  /** True when it was refused, or found by name; false would be a hole. */
  refused: boolean;
  /** The problem, verdict, check or finding that names it. */
  problem: string;
  /** What happened, in a sentence for people. */
  detail: string;
}

/** A fraud: told by its title, tried through the public API. */
export interface Fraud {
  name: string;
  title: string;
  attempt(stage: Stage): Promise<Omit<FraudOutcome, 'name'>>;
}
