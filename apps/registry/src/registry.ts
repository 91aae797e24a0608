import type { DataSource } from 'typeorm';
import { signDocument } from '#lib/credentials';
import type { KeySigner, VerifierPool } from '#lib/keys';
import type { FaultListener, LedgerReader, Log, LogReader, Receipt } from '#lib/store';
import { FOLLOW_MS, type KeyRing } from './key-ring.js';
import type { SeenTree } from './log/seen-tree.js';
import type { Sequencing } from './sequencer/sequencing.js';
import type { WitnessedLog } from './witness/witnessed-log.js';
import type { Witnessing } from './witness/witnessing.js';

/** Who a registry is: fixed by its genesis, for ever; the log alone may be succeeded by another. */
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
  /** The verifier key that the genesis of that log names (C2SP signed-note). */
  vkey: string;
}

/** One of the registry's logs: as it stands, and as witnesses have seen it. */
export interface OwnLog {
  reader: LogReader;
  witnessed: WitnessedLog;
}

/** What a registry is made of while it runs. */
export interface RegistryParts {
  identity: RegistryIdentity;
  /** Verifies signatures off the event loop. */
  verifier: VerifierPool;
  sequencer: Sequencing;
  /** The log into which statements go. */
  ownLog: Log;
  /** Its logs by origin, the oldest first; the last is that one. */
  logs: ReadonlyMap<string, OwnLog>;
  /** The largest tree of that log that this process has seen signed. */
  seenTree: SeenTree;
  ledger: LedgerReader;
  witnessing: Witnessing;
  dataSource: DataSource;
  keys: KeyRing;
  sessionSecret: Uint8Array;
}

/** One jurisdiction's registry while it runs: who it is, its ledger, and the key it signs with. */
export class Registry {
  readonly identity: RegistryIdentity;
  readonly verifier: VerifierPool;
  readonly sequencer: Sequencing;
  readonly ownLog: Log;
  readonly logs: ReadonlyMap<string, OwnLog>;
  readonly seenTree: SeenTree;
  readonly ledger: LedgerReader;
  readonly witnessing: Witnessing;
  readonly dataSource: DataSource;
  readonly keys: KeyRing;
  readonly sessionSecret: Uint8Array;

  #following: NodeJS.Timeout | undefined;

  constructor(parts: RegistryParts) {
    this.identity = parts.identity;
    this.verifier = parts.verifier;
    this.sequencer = parts.sequencer;
    this.ownLog = parts.ownLog;
    this.logs = parts.logs;
    this.seenTree = parts.seenTree;
    this.ledger = parts.ledger;
    this.witnessing = parts.witnessing;
    this.dataSource = parts.dataSource;
    this.keys = parts.keys;
    this.sessionSecret = parts.sessionSecret;
  }

  /** Reads the log into which statements go. */
  get log(): LogReader {
    return this.logs.get(this.identity.origin)!.reader;
  }

  /** Signs statements as the registry's did:web. */
  get signer(): KeySigner {
    return this.keys.signer;
  }

  /**
   * The time by the database's clock, RFC 3339 UTC. The ledger is recorded by it, so what the registry
   * says of itself and whom it believes follow it too, and not the clock of one process or another.
   */
  async now(): Promise<string> {
    return (await this.log.clock()).toISOString();
  }

  /** The same to the second: finer times in a signature help nobody. */
  async timeNow(): Promise<string> {
    return toTheSecond(await this.now());
  }

  /** The receipt of an entry of any of its logs. */
  receipt({ origin, index }: { origin: string; index: number }): Promise<Receipt> {
    return this.logs.get(origin)!.reader.receipt(index);
  }

  /** Follows the ledger from now on: another process may announce or retire keys there. */
  followKeys(onFault: FaultListener): void {
    this.#following = setInterval(() => {
      this.keys.refresh().catch((fault: unknown) => onFault(fault as Error));
    }, FOLLOW_MS).unref();
  }

  /** The document with a further proof by this registry, made at the RFC 3339 time `created`. */
  sign<T extends object>(document: T, created: string) {
    return signDocument(this.verifier.sha256, document, this.signer, { created });
  }

  /** Answers what is under way and lets go of everything but the database server. */
  async close(): Promise<void> {
    clearInterval(this.#following);
    await this.witnessing.stop();
    await this.sequencer.close();
    await this.verifier.close();
    await this.dataSource.destroy();
  }
}

/** An RFC 3339 UTC time without its fraction. */
export function toTheSecond(time: string): string {
  return `${time.slice(0, 19)}Z`;
}
