import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { nodeCrypto } from '#lib/keys';
import { Problem } from '#lib/problem';
import { parseTlogPolicy, type TlogPolicy } from '#lib/tlog';
import { ConfigurationError } from '../configuration.js';

const NO_POLICY: TlogPolicy = { logs: [], witnesses: [], groups: [], quorum: undefined };

/**
 * The registry's C2SP tlog-policy file: whose logs it witnesses, whom it asks to witness its own,
 * and what counts as enough. Without a file it does neither. The file may change at any time; one
 * that cannot be read leaves the policy as it was.
 */
export class WitnessPolicy {
  #policy = NO_POLICY;
  #stamp = '';
  #problem: string | undefined;
  #reading: Promise<TlogPolicy> = Promise.resolve(NO_POLICY);

  private constructor(
    readonly file: string,
    private readonly log: Logger,
  ) {}

  /** Reads the file for the first time; throws ConfigurationError when it is there and malformed. */
  static async open(file: string, log: Logger): Promise<WitnessPolicy> {
    const policy = new WitnessPolicy(file, log);
    await policy.current();
    if (policy.#problem !== undefined) throw new ConfigurationError(policy.#problem);
    return policy;
  }

  /** Why the file as it is now is not followed; undefined when it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The policy, read again when the file has changed. */
  current(): Promise<TlogPolicy> {
    // In turn: who asks while the file is being read waits for what it says.
    this.#reading = this.#reading.then(() => this.#follow());
    return this.#reading;
  }

  async #follow(): Promise<TlogPolicy> {
    const stamp = await stampOf(this.file);
    if (stamp === this.#stamp) return this.#policy;
    this.#stamp = stamp;
    try {
      this.#policy = parseTlogPolicy(nodeCrypto.sha256, await readFile(this.file));
      this.#problem = undefined;
      this.log.info({ file: this.file }, 'witness policy read');
    } catch (error) {
      const reason = error instanceof Problem ? error.details.detail : (error as Error).message;
      this.#problem = `The witness policy ${this.file} is not followed: ${reason}`;
      this.log.error(this.#problem);
    }
    return this.#policy;
  }
}

/** What changes when a file does, whoever wrote it and however quickly; empty when there is none. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(' ');
  } catch {
    return '';
  }
}
