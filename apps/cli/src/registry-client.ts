import type { ProblemDocument } from '#lib/problem';

/** A refusal by a registry: its `application/problem+json` body, as thrown by the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(readonly problem: ProblemDocument) {
    super(problem.detail ?? problem.title);
  }

  /** The last segment of the problem type: `mass-exceeded`. */
  get problemName(): string {
    return this.problem.type.split(':').at(-1) ?? this.problem.type;
  }
}

/** What a registry answers for a statement (schemas/receipt.schema.json). */
export interface Receipt {
  index: number;
  origin: string;
  digest: string;
  recordedAt: string;
  entry: string;
  proof: string;
}

/** One registry over HTTP. Throws a Refusal on every problem document it answers. */
export class RegistryClient {
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  /** The same registry, read under a session. */
  withToken(token: string): RegistryClient {
    return new RegistryClient(this.url, token);
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  post<T>(path: string, body: Uint8Array | object): Promise<T> {
    const bytes =
      body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    return this.send<T>('POST', path, bytes);
  }

  /** The exact bytes behind a path: bundles, checkpoints, tiles. */
  async bytes(path: string): Promise<Uint8Array> {
    const response = await this.request('GET', path);
    return new Uint8Array(await response.arrayBuffer());
  }

  private async send<T>(method: string, path: string, body?: Uint8Array): Promise<T> {
    const response = await this.request(method, path, body);
    return (await response.json()) as T;
  }

  private async request(method: string, path: string, body?: Uint8Array): Promise<Response> {
    const response = await fetch(addressOf(path, this.url), {
      method,
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      },
    }).catch((fault: Error) => {
      throw unreachable(this.url, fault);
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

function addressOf(path: string, url: string): URL {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(path, url);
  throw new Error(
    `"${url}" is no address of a registry; write it whole, such as http://localhost:3000.`,
  );
}

/** A registry that does not answer is the reader's commonest first mistake: say what to check. */
function unreachable(url: string, fault: Error): Error {
  const cause = fault.cause instanceof Error ? fault.cause.message : fault.message;
  return new Error(
    `no registry answers at ${url} (${cause}); start one with \`npm start\`, or name yours with --registry`,
  );
}

async function refusalOf(response: Response): Promise<Error> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json'))
    return new Error(`${response.url} answered ${response.status} without a problem document`);
  return new Refusal((await response.json()) as ProblemDocument);
}
