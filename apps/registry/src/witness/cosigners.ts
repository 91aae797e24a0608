import { SIGNATURE_TYPES, type PolicyWitness, type TlogPolicy } from '#lib/tlog';
import {
  Cosigner,
  type AskablePolicyWitness,
  type CosignerReport,
  type CosigningParts,
} from './cosigner.js';
import { WitnessClient } from './witness-client.js';
import type { WitnessPolicy } from './witness-policy.js';

const TICK_MS = 1_000;

/** Every witness that the policy names with an address: asked after commits, and reported on. */
export class Cosigners {
  readonly #byAddress = new Map<string, Cosigner>();
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly policy: WitnessPolicy,
    private readonly parts: CosigningParts,
    /** Our own cosigner's key id: registries that share a policy do not ask themselves. */
    private readonly ownKeyId: string,
    private readonly timeoutMs: number,
  ) {}

  /** Asks from now on, whether or not anything is committed. */
  start(): void {
    this.#timer ??= setInterval(() => this.wake(), TICK_MS).unref();
  }

  /** Asks every witness whose time has come. Never waits, so that sequencing never does. */
  wake(): void {
    if (this.#timer === undefined || this.parts.gate.closed?.passes === false) return;
    void this.known().then((cosigners) => cosigners.forEach((each) => each.ask()));
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#ending.abort(new Error('the registry is stopping'));
    await Promise.all([...this.#byAddress.values()].map(({ settled }) => settled));
  }

  /** How it stands with each witness. */
  async report(): Promise<CosignerReport[]> {
    return (await this.known()).map((each) => each.report());
  }

  /** The cosigners of the policy as it is now; those that stay in it keep what they know. */
  async known(): Promise<Cosigner[]> {
    const askable = askableIn(await this.policy.current(), this.ownKeyId);
    const addresses = new Map(askable.map((each) => [addressOf(each), each]));
    for (const address of this.#byAddress.keys())
      if (!addresses.has(address)) this.#byAddress.delete(address);
    for (const [address, witness] of addresses)
      if (!this.#byAddress.has(address)) this.#byAddress.set(address, this.#cosigner(witness));
    return [...this.#byAddress.values()];
  }

  #cosigner(witness: AskablePolicyWitness): Cosigner {
    const client = new WitnessClient(witness.url, this.timeoutMs, this.#ending.signal);
    return new Cosigner(witness, client, this.parts);
  }
}

function askableIn({ witnesses }: TlogPolicy, ownKeyId: string): AskablePolicyWitness[] {
  return witnesses.filter(
    (each: PolicyWitness): each is AskablePolicyWitness =>
      each.url !== undefined &&
      each.key.type === SIGNATURE_TYPES.cosignatureV1 &&
      each.key.keyId !== ownKeyId,
  );
}

function addressOf({ name, key, url }: AskablePolicyWitness): string {
  return [name, key.name, key.keyId, url].join(' ');
}
