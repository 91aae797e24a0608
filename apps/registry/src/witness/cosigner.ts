import type { Logger } from 'pino';
import type { CosignatureStore, Log, LogReader } from '#lib/store';
import {
  formatAddCheckpoint,
  formatNote,
  formatSignatureLines,
  openCheckpoint,
  originHash,
  parseCheckpoint,
  parseNote,
  parseSignatureLines,
  parseWitnessedSize,
  type PolicyWitness,
} from '#lib/tlog';
import { judgeHeld, type HeldFinding } from './judge-held.js';
import type { WitnessClient } from './witness-client.js';
import type { WriteGate } from './write-gate.js';

/** What asking witnesses takes, the same for all of them. */
export interface CosigningParts {
  log: Log;
  reader: LogReader;
  cosignatures: CosignatureStore;
  gate: WriteGate;
  logger: Logger;
}

/** How it stands with one witness. */
export interface CosignerReport {
  /** Its name in the policy. */
  name: string;
  url: string;
  /** The largest tree of ours that it has cosigned. */
  cosignedSize: number;
  /** Why the last attempt failed; undefined after one that succeeded, and before the first. */
  problem?: string;
  /** That it has forgotten what it had cosigned, if this process has noticed it. */
  setBack?: string;
}

/** What a witness must have in the policy to be asked. */
export type AskablePolicyWitness = PolicyWitness & { url: string };

const REFRESH_MS = 300_000;
const INTERVAL_MS = 250;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** Times that a witness may name another size in one round: two processes of ours may ask at once. */
const ATTEMPTS = 4;
const FUTURE_SECONDS = 300;

/**
 * Asks one witness to cosign our newest checkpoint, one request at a time: after commits, again
 * when it failed, ever more slowly, and every five minutes so that a quiet log stays fresh.
 */
export class Cosigner {
  #asking: Promise<void> | undefined;
  #size: number | undefined;
  // By a clock that nobody sets: a step of the other one must not leave a witness unasked for days.
  #askedAt = -Infinity;
  #notBefore = 0;
  #failures = 0;
  #problem: string | undefined;
  #setBack: string | undefined;

  constructor(
    readonly witness: AskablePolicyWitness,
    private readonly client: WitnessClient,
    private readonly parts: CosigningParts,
  ) {}

  /** Resolves when nothing is under way. */
  get settled(): Promise<void> {
    return this.#asking ?? Promise.resolve();
  }

  report(): CosignerReport {
    const { name, url } = this.witness;
    return {
      name,
      url,
      cosignedSize: this.#size ?? 0,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#setBack === undefined ? {} : { setBack: this.#setBack }),
    };
  }

  /** Asks now if there is anything to ask and the time has come; never throws, never waits. */
  ask(): void {
    if (this.#asking || performance.now() < this.#notBefore) return;
    this.#notBefore = performance.now() + INTERVAL_MS;
    this.#asking = this.#round()
      .then(() => this.#succeed())
      .catch((error: Error) => this.#fail(error))
      .finally(() => (this.#asking = undefined));
  }

  /** What the checkpoint of ours that it holds says of our database; undefined when it holds none. */
  async judge(): Promise<HeldFinding | undefined> {
    const { log, reader } = this.parts;
    const held = await this.client.heldCheckpoint(originHash(log.crypto.sha256, log.origin));
    return held && judgeHeld(log, reader, held);
  }

  async #round(): Promise<void> {
    const { reader, cosignatures } = this.parts;
    this.#size ??= await cosignatures.sizeOf(this.witness.key.name);
    const size = await reader.treeSize();
    const isFresh = this.#size === size && performance.now() - this.#askedAt < REFRESH_MS;
    if (size === 0 || isFresh) return;
    if (size < this.#size) await this.#requireMore(size);
    let from = this.#size;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const conflict = await this.#offer(from);
      if (conflict === undefined) return;
      from = conflict;
    }
    throw new Error('it named another size each time it was asked');
  }

  /** Offers the newest checkpoint with its proof; gives the size that the witness names instead. */
  async #offer(oldSize: number): Promise<number | undefined> {
    const { reader } = this.parts;
    const note = await reader.checkpoint();
    const { treeSize } = parseCheckpoint(parseNote(note).text);
    const isProved = oldSize > 0 && oldSize < treeSize;
    const proof = isProved ? await reader.consistencyProof(oldSize, treeSize) : [];
    const { status, body } = await this.client.addCheckpoint(
      formatAddCheckpoint({ oldSize, proof, note }),
    );
    if (status === 200) {
      await this.#keep(note, treeSize, body);
      return undefined;
    }
    if (status === 409) return this.#requireKnownSize(parseWitnessedSize(body));
    await this.#requireAgreement();
    throw new Error(`it answered ${status} to our checkpoint of ${treeSize} entries`);
  }

  /** Stores its cosignature, once verified; whatever else it sent is left where it is. */
  async #keep(note: string, treeSize: number, body: Uint8Array): Promise<void> {
    const { log, cosignatures } = this.parts;
    const { key } = this.witness;
    const lines = parseSignatureLines(body).filter(
      ({ name, keyId }) => name === key.name && keyId === key.keyId,
    );
    const { text, signatures } = parseNote(note);
    const cosigned = formatNote({ text, signatures: [...signatures, ...lines] });
    const opened = await openCheckpoint(log.crypto, cosigned, log.keys, [key]);
    const own = opened.signatures.find((signature) => signature.key === key);
    if (own?.timestamp === undefined) throw new Error('it answered without its own cosignature');
    if (own.timestamp > Date.now() / 1000 + FUTURE_SECONDS)
      throw new Error('its cosignature is dated in the future');
    const line = formatSignatureLines([own.line]).trimEnd();
    await cosignatures.add(treeSize, { witness: key.name, line });
    this.#size = treeSize;
    this.#askedAt = performance.now();
  }

  /** A size beyond ours is either proof that we have gone back, or a witness that errs or lies. */
  async #requireKnownSize(size: number): Promise<number> {
    if (size < this.#size!) this.#noticeSetBack(size);
    if (size <= (await this.parts.reader.treeSize())) return size;
    await this.#requireAgreement();
    throw new Error(
      `it says that it holds ${size} entries, and shows no checkpoint of ours to prove it`,
    );
  }

  /** What has gone back since it was cosigned is not shown to the witness: that is asked what it holds. */
  async #requireMore(size: number): Promise<never> {
    await this.#requireAgreement();
    throw new Error(`it has cosigned ${this.#size} entries, and the database holds ${size}`);
  }

  /** Shuts the log when the witness holds a checkpoint of ours that this database contradicts. */
  async #requireAgreement(): Promise<void> {
    const finding = await this.judge();
    if (finding === undefined || finding.verdict === 'agrees' || finding.verdict === 'not-ours')
      return;
    shutFor(this.parts.gate, this.witness, finding);
    throw new Error(finding.detail);
  }

  /** Its own cosignature, which we keep, is over more than it says that it holds. */
  #noticeSetBack(size: number): void {
    const { name, url } = this.witness;
    this.#setBack = `it named ${size} entries after it had cosigned ${this.#size}: its database is an older copy`;
    this.parts.logger.error({ witness: name, url }, this.#setBack);
  }

  #succeed(): void {
    this.#failures = 0;
    this.#problem = undefined;
  }

  #fail({ message }: Error): void {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#failures++, LONGEST_DELAY_MS);
    this.#notBefore = performance.now() + delay;
    if (this.#problem !== message)
      this.parts.logger.warn({ witness: this.witness.name, url: this.witness.url }, message);
    this.#problem = message;
  }
}

/** Makes the log read-only in words that name the witness. */
export function shutFor(
  gate: WriteGate,
  { name, url }: AskablePolicyWitness,
  { verdict, detail }: HeldFinding,
): void {
  gate.shut(`The witness ${name} (${url}) was asked: ${detail}.`, {
    isOldDatabase: verdict === 'rolled-back',
  });
}
