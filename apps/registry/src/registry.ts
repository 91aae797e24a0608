import type { DataSource } from 'typeorm';
import { signDocument } from '#lib/credentials';
import type { KeySigner, VerifierPool } from '#lib/keys';
import type { LedgerReader, LogReader, Sequencer } from '#lib/store';
import type { Witnessing } from './witness/witnessing.js';

/** Who a registry is: fixed by its genesis, for ever. */
export interface RegistryIdentity {
  /** With the port where it is not the scheme's own. */
  domain: string;
  /** did:web of the domain. */
  did: string;
  /** The base of its own URLs, without a slash at the end. */
  url: string;
  name: string;
  /** ISO 3166-1 alpha-2. */
  jurisdiction: string;
  /** First line of its checkpoints. */
  origin: string;
  /** The log's verifier key (C2SP signed-note). */
  vkey: string;
}

/** What a registry is made of while it runs. */
export interface RegistryParts {
  identity: RegistryIdentity;
  /** Verifies signatures off the event loop. */
  verifier: VerifierPool;
  sequencer: Sequencer;
  log: LogReader;
  ledger: LedgerReader;
  witnessing: Witnessing;
  dataSource: DataSource;
  /** Signs statements as the registry's did:web. */
  signer: KeySigner;
  sessionSecret: Uint8Array;
}

/** One jurisdiction's registry while it runs: who it is, its ledger, and the key it signs with. */
export class Registry {
  readonly identity: RegistryIdentity;
  readonly verifier: VerifierPool;
  readonly sequencer: Sequencer;
  readonly log: LogReader;
  readonly ledger: LedgerReader;
  readonly witnessing: Witnessing;
  readonly dataSource: DataSource;
  readonly signer: KeySigner;
  readonly sessionSecret: Uint8Array;

  constructor(parts: RegistryParts) {
    this.identity = parts.identity;
    this.verifier = parts.verifier;
    this.sequencer = parts.sequencer;
    this.log = parts.log;
    this.ledger = parts.ledger;
    this.witnessing = parts.witnessing;
    this.dataSource = parts.dataSource;
    this.signer = parts.signer;
    this.sessionSecret = parts.sessionSecret;
  }

  /** The document with a further proof by this registry, made at the RFC 3339 time `created`. */
  sign<T extends object>(document: T, created: string) {
    return signDocument(this.verifier.sha256, document, this.signer, { created });
  }

  /** Answers what is under way and lets go of everything but the database server. */
  async close(): Promise<void> {
    await this.witnessing.stop();
    await this.sequencer.close();
    await this.verifier.close();
    await this.dataSource.destroy();
  }
}

/** RFC 3339 UTC to the second: finer times in a signature help nobody. */
export function timeNow(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
