import { Injectable } from '@nestjs/common';
import { parseJson } from '#lib/documents';
import { CheckedRequestPipe } from '#lib/http';
import { refuse, valueOf } from '#lib/problem';
import { runBundleJob, type Enclosed, type Envelope } from './bundle-job.js';
import { BundleLimit } from './bundle-limit.js';
import { BundleThreads } from './bundle-threads.js';

/** A request of a class, and the bundle that came in it. */
export interface EnclosingRequest<T> {
  request: T;
  bundle: Enclosed | undefined;
}

/** What is so small costs less here than on its way to another thread and back. */
const SMALL_BYTES = 64 * 1024;
/** What a request says beside its bundle. */
const REST_BYTES_MAX = 1024 * 1024;

/** Takes bundles out of the bodies that they come in, large ones off the event loop. */
@Injectable()
export class OpenEnvelope {
  private readonly pipe = new CheckedRequestPipe();

  constructor(
    private readonly threads: BundleThreads,
    private readonly limit: BundleLimit,
  ) {}

  /** Throws `malformed-json`, `malformed-bundle`, and `rate-limited` when too many are in work. */
  async open(body: Uint8Array): Promise<Envelope> {
    if (body.length > SMALL_BYTES)
      return this.limit.run(() => this.threads.run('unwrap', { body }));
    return valueOf(await runBundleJob({ kind: 'unwrap', body })) as Envelope;
  }

  /** As `open`, for a body that nobody signed; throws `too-large` and `invalid-request` as well. */
  async read<T extends object>(type: new () => T, body: Uint8Array): Promise<EnclosingRequest<T>> {
    const { rest, bundle, isObject } = await this.open(body);
    if (rest.length > REST_BYTES_MAX)
      throw refuse('too-large', `Beside its bundle the request has ${rest.length} bytes.`);
    const value = parseJson(rest);
    // The bundle's digest stands in its place: that it is there is part of what is checked.
    const whole = isObject && bundle ? { ...Object(value), bundle: bundle.digest } : value;
    const request = this.pipe.transform(whole, { type: 'body', metatype: type }) as T;
    return { request, bundle };
  }
}
