import { setTimeout as sleep } from 'node:timers/promises';
import type { Receipt } from '#lib/documents';
import { postJson } from './sender.js';

/** A statement that was recorded, as the one who sent it knows. */
export interface Acknowledged {
  /** The exact bytes of the submission. */
  body: Uint8Array;
  receipt: Receipt;
}

/** A statement that was refused for good: the problem's name. */
export interface Refused {
  body: Uint8Array;
  problem: string;
}

/** How long to insist. */
export interface Insistence {
  /** How long one attempt may take before it is tried elsewhere. */
  patienceMs?: number;
  /** How long to go on in all. */
  untilMs?: number;
}

const PATIENCE_MS = 10_000;
const UNTIL_MS = 60_000;

/**
 * What the clients of a registry have seen of it, kept outside of it: every receipt, every refusal
 * and every checkpoint. Nothing that the registry says later may contradict it.
 */
export class Testimony {
  readonly acknowledged: Acknowledged[] = [];
  readonly refused: Refused[] = [];
  /** Every checkpoint that was ever shown to anybody, as signed notes. */
  readonly checkpoints = new Set<string>();
  /** Answers of 500: the registry erred where it should have refused, or asked to wait. */
  readonly faults: string[] = [];
  /** How many attempts were answered by 503, or not at all. */
  turnedAway = 0;
  /** What the last of them were told. */
  excuse = '';
  unanswered = 0;

  /**
   * Submits until there is an answer that is final: the receipt, or the problem's name. Attempts go
   * to the processes in turn, as a balancer's do; the same bytes, so that one entry results.
   */
  async say(
    urls: () => readonly string[],
    body: Uint8Array,
    { patienceMs = PATIENCE_MS, untilMs = UNTIL_MS }: Insistence = {},
  ): Promise<Receipt | string> {
    const deadline = Date.now() + untilMs;
    for (let attempt = 0; Date.now() < deadline; attempt++) {
      const places = urls();
      const answer = await this.offer(places[attempt % places.length]!, body, patienceMs);
      if (answer !== undefined) return answer;
      await sleep(50);
    }
    throw new Error(`No final answer within ${untilMs} ms: ${this.excuse}`);
  }

  /** Looks at the newest checkpoint as a passing reader; a registry that does not answer shows none. */
  async look(url: string): Promise<void> {
    const answer = await fetch(`${url}/log/checkpoint`, {
      signal: AbortSignal.timeout(2_000),
    }).catch(() => undefined);
    if (answer?.ok) this.checkpoints.add(await answer.text().catch(() => ''));
    this.checkpoints.delete('');
  }

  /** Submits once: the receipt, or the problem's name; undefined when the answer is not final. */
  async offer(
    url: string,
    body: Uint8Array,
    patienceMs = PATIENCE_MS,
  ): Promise<Receipt | string | undefined> {
    try {
      const { status, text } = await postJson(`${url}/statements`, body, patienceMs);
      return this.#hear(body, status, text);
    } catch {
      this.unanswered++;
      return undefined;
    }
  }

  #hear(body: Uint8Array, status: number, text: string): Receipt | string | undefined {
    if (status === 503 || status === 429) {
      this.turnedAway++;
      this.excuse = text;
      return undefined;
    }
    if (status >= 500) {
      this.faults.push(text);
      return undefined;
    }
    if (status >= 400) {
      const problem = (JSON.parse(text) as { type: string }).type.split(':').at(-1)!;
      this.refused.push({ body, problem });
      return problem;
    }
    const receipt = JSON.parse(text) as Receipt;
    this.acknowledged.push({ body, receipt });
    this.checkpoints.add(receipt.proof.slice(receipt.proof.indexOf('\n\n') + 2));
    return receipt;
  }
}
