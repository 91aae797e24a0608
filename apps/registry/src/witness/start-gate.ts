import { examineLog, type Log, type Pool } from '#lib/store';
import { shutFor, type Cosigner } from './cosigner.js';
import type { Cosigners } from './cosigners.js';
import type { HeldFinding } from './judge-held.js';
import type { WriteGate } from './write-gate.js';

const RETRY_MS = 2_000;

/** What the start-up checks look at. */
export interface StartParts {
  pool: Pool;
  log: Log;
  gate: WriteGate;
  cosigners: Cosigners;
  /** Whether to record although none of the witnesses has answered yet. */
  startsWithoutWitnesses: boolean;
}

/**
 * Opens the gate for writing only when the end of the log holds from statement bytes up to the
 * signed root, and no witness has seen more of it, or another tree. Witnesses that are all away keep
 * it shut: a database restored from an older copy looks healthy to itself.
 */
export class StartGate {
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(private readonly parts: StartParts) {}

  /** Checks once; while no witness answers it goes on asking until one does. */
  async check(): Promise<void> {
    const { pool, log, gate } = this.parts;
    const lost = await examineLog(pool, log);
    if (lost === undefined) await this.#askWitnesses();
    else gate.shut(`The log in the database does not hold: ${lost} Run lodestone audit.`);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #askWitnesses(): Promise<void> {
    const { gate, cosigners, startsWithoutWitnesses } = this.parts;
    const asked = await cosigners.known();
    const answers = await Promise.all(asked.map((each) => this.#hasAnswered(each)));
    if (asked.length === 0 || answers.includes(true) || startsWithoutWitnesses) return gate.open();
    const names = asked.map(({ witness: { name, url } }) => `${name} (${url})`).join(', ');
    gate.wait(
      `No witness has answered since the start, so it is not known whether the database is an older copy: ${names}. ` +
        'They are asked again; LODESTONE_START_WITHOUT_WITNESSES=1 starts without them.',
    );
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#askAgain(), RETRY_MS).unref();
  }

  async #askAgain(): Promise<void> {
    try {
      if (!this.#isStopped) await this.#askWitnesses();
    } catch {
      // The database did not answer: what it holds can be compared when it does.
      this.#timer = setTimeout(() => void this.#askAgain(), RETRY_MS).unref();
    }
  }

  /** Whether a witness told what it holds; if that contradicts this database, the gate is shut. */
  async #hasAnswered(cosigner: Cosigner): Promise<boolean> {
    const finding = await askOnce(cosigner);
    if (finding === 'away') return false;
    if (finding?.verdict === 'rolled-back' || finding?.verdict === 'forked')
      shutFor(this.parts.gate, cosigner.witness, finding);
    return finding?.verdict !== 'not-ours';
  }
}

async function askOnce(cosigner: Cosigner): Promise<HeldFinding | undefined | 'away'> {
  try {
    return await cosigner.judge();
  } catch {
    return 'away';
  }
}
