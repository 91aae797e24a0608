import type { Logger } from 'pino';
import type { Crypto } from '#lib/documents';
import { CosignatureStore, WitnessStore, type Log, type LogReader, type Pool } from '#lib/store';
import type { NoteSigner } from '#lib/tlog';
import type { Configuration } from '../configuration.js';
import { Cosigners } from './cosigners.js';
import { StartGate } from './start-gate.js';
import { WitnessedLog } from './witnessed-log.js';
import type { WitnessPolicy } from './witness-policy.js';
import type { WriteGate } from './write-gate.js';

/** What witnessing, both ways, is made from. */
export interface WitnessingParts {
  configuration: Configuration;
  pool: Pool;
  log: Log;
  reader: LogReader;
  crypto: Crypto;
  /** Our key as a witness of others. */
  cosigner: NoteSigner;
  policy: WitnessPolicy;
  gate: WriteGate;
  logger: Logger;
}

/** A registry's part among those that watch each other's logs. */
export class Witnessing {
  readonly cosigner: NoteSigner;
  readonly policy: WitnessPolicy;
  readonly gate: WriteGate;
  /** What we hold of other logs. */
  readonly store: WitnessStore;
  /** Who is asked to cosign ours. */
  readonly cosigners: Cosigners;
  /** Our log with what they said of it. */
  readonly log: WitnessedLog;
  readonly #startGate: StartGate;

  constructor({ configuration, pool, log, reader, crypto, ...parts }: WitnessingParts) {
    const { cosigner, policy, gate, logger } = parts;
    const cosignatures = new CosignatureStore(pool, log.origin);
    this.cosigner = cosigner;
    this.policy = policy;
    this.gate = gate;
    this.store = new WitnessStore(pool);
    this.log = new WitnessedLog(crypto, reader, cosignatures, policy);
    this.cosigners = new Cosigners(
      policy,
      { log, reader, cosignatures, gate, logger },
      cosigner.key.keyId,
      configuration.witnessTimeoutMs,
    );
    const { startsWithoutWitnesses } = configuration;
    const { cosigners } = this;
    this.#startGate = new StartGate({ pool, log, gate, cosigners, startsWithoutWitnesses });
  }

  /** Checks what was signed before anything is; from then on witnesses are asked. */
  async start(): Promise<void> {
    await this.#startGate.check();
    this.cosigners.start();
    this.cosigners.wake();
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#startGate.stop();
    await this.cosigners.stop();
  }
}
