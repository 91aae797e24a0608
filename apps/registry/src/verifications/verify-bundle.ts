import { Injectable } from '@nestjs/common';
import { refuse } from '#lib/problem';
import { inspectBundle, type Report } from '#lib/verification';
import { KnownTrust } from '../identity/known-trust.js';
import { Registry } from '../registry.js';

/** Bundles that one process judges at the same time; each may hold thousands of signatures. */
const AT_ONCE = 8;

/** Judges evidence bundles, believing this registry and those it recognises. */
@Injectable()
export class VerifyBundle {
  private running = 0;

  constructor(
    private readonly registry: Registry,
    private readonly knownTrust: KnownTrust,
  ) {}

  /** The report on exact bytes, as at now. Throws `rate-limited` when too many are under way. */
  async verify(bundle: Uint8Array): Promise<Report> {
    if (this.running >= AT_ONCE)
      throw refuse('rate-limited', `${AT_ONCE} bundles are being checked already.`, undefined, {
        extensions: { retryAfterSeconds: 2 },
      });
    this.running++;
    try {
      const trust = await this.knownTrust.trust();
      const at = new Date().toISOString();
      return await inspectBundle(this.registry.verifier, bundle, trust, { at });
    } finally {
      this.running--;
    }
  }

  /** As `verify`, but throws `evidence-rejected` with the checks that did not pass. */
  async require(bundle: Uint8Array, pointer: string): Promise<Report> {
    const report = await this.verify(bundle);
    if (report.accepted) return report;
    const failed = report.checks.filter(({ result }) => result !== 'pass');
    const told = failed.filter(({ detail }) => !detail.startsWith('Not told, because'));
    throw refuse(
      'evidence-rejected',
      told
        .map(({ name, detail }) => `${name}: ${detail}`)
        .join(' ')
        .slice(0, 2000),
      pointer,
      { extensions: { checks: failed.map(({ name }) => name).join(' ') } },
    );
  }
}
