import { Injectable } from '@nestjs/common';
import { refuse } from '#lib/problem';
import type { Report } from '#lib/verification';
import { BundleLimit } from '../bundles/bundle-limit.js';
import { BundleThreads } from '../bundles/bundle-threads.js';
import { KnownTrust } from '../identity/known-trust.js';
import { Registry } from '../registry.js';

/** Judges evidence bundles, believing this registry and those it recognises. */
@Injectable()
export class VerifyBundle {
  constructor(
    private readonly registry: Registry,
    private readonly knownTrust: KnownTrust,
    private readonly limit: BundleLimit,
    private readonly threads: BundleThreads,
  ) {}

  /** The report on exact bytes, as at now. Throws `rate-limited` when too many are under way. */
  verify(bundle: Uint8Array): Promise<Report> {
    return this.limit.run(async () => {
      const trust = await this.knownTrust.trust();
      const at = await this.registry.now();
      return this.threads.run('judge', { bytes: bundle, trust, at });
    });
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
