import { NOTE_BYTES_MAX } from '#lib/http';

/** What a witness answered, whatever it is worth. */
export interface WitnessAnswer {
  status: number;
  body: Uint8Array;
}

/**
 * One witness over HTTP (C2SP tlog-witness). Nothing that it sends is believed here; a reply that is
 * late, over 68 KiB or a redirect is an Error that says so.
 */
export class WitnessClient {
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
    /** Ends what is under way when the registry stops. */
    private readonly ending: AbortSignal,
  ) {}

  /** Offers the body of an add-checkpoint request. */
  addCheckpoint(body: string): Promise<WitnessAnswer> {
    return this.#send('add-checkpoint', {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  }

  /** Asks what it cosigned last for the log of that origin hash; undefined when nothing. */
  async heldCheckpoint(originHash: string): Promise<Uint8Array | undefined> {
    const { status, body } = await this.#send(`${originHash}/checkpoint`, { method: 'GET' });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`it answered ${status} when asked what it holds`);
    return body;
  }

  async #send(path: string, init: RequestInit): Promise<WitnessAnswer> {
    const late = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await fetch(`${this.url.replace(/\/$/, '')}/${path}`, {
        ...init,
        // The operator named this address: nobody else may name another.
        redirect: 'manual',
        signal: AbortSignal.any([late, this.ending]),
      });
      const { status } = response;
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        throw new Error(`it answered ${status}, a redirect, which is not followed`);
      }
      return { status, body: await readLimited(response) };
    } catch (error) {
      if (late.aborted) throw new Error(`it did not answer within ${this.timeoutMs} ms`);
      const { message, cause } = error as {
        message: string;
        cause?: Partial<NodeJS.ErrnoException>;
      };
      const why = cause?.message || cause?.code;
      throw new Error(why ? `it cannot be reached: ${why}` : message);
    }
  }
}

async function readLimited({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += (chunk as Uint8Array).length;
    // Leaving the loop ends the transfer.
    if (length > NOTE_BYTES_MAX) throw new Error(`its answer is over ${NOTE_BYTES_MAX} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
