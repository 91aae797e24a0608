import { Injectable } from '@nestjs/common';
import type { EvidenceBundle, Import } from '#lib/documents';
import type { SessionParty } from '#lib/http';
import {
  assembleBundle,
  formatBundle,
  parseBundle,
  type CheckName,
  type RecordParts,
} from '#lib/verification';
import { BundleLimit } from '../bundles/bundle-limit.js';
import { BundleThreads } from '../bundles/bundle-threads.js';
import { KnownTrust } from '../identity/known-trust.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';
import { Registry } from '../registry.js';
import { DrawFacts } from './draw-facts.js';
import { ReadCertificate, type FoundCertificate } from './read-certificate.js';
import { RegistryBlocks } from './registry-blocks.js';

/**
 * What may honestly be against a certificate whose evidence is sound: time, its standing, trust that
 * this registry no longer gives. A bundle that fails in any other way is a fault of ours.
 */
const MAY_FAIL: readonly CheckName[] = [
  'registry-trusted',
  'witness-quorum',
  'no-later-revocation',
  'recognition-in-force',
  'certificate-in-force',
  'not-revoked',
  'not-suspended',
  'not-recalled',
  'freshness',
];

/** Gathers the file that proves a certificate to a stranger, and checks it before it leaves. */
@Injectable()
export class GatherBundle {
  constructor(
    private readonly registry: Registry,
    private readonly readCertificate: ReadCertificate,
    private readonly drawFacts: DrawFacts,
    private readonly registryBlocks: RegistryBlocks,
    private readonly knownTrust: KnownTrust,
    private readonly limit: BundleLimit,
    private readonly threads: BundleThreads,
  ) {}

  /**
   * The exact bytes of the bundle of a certificate, with the disclosures that the reader is entitled
   * to. Throws `not-found`, and `rate-limited` when too many bundles are in work; a bundle that does
   * not hold is a fault.
   */
  async gather(id: string, party: SessionParty | undefined): Promise<Uint8Array> {
    const found = await this.readCertificate.find(id, party);
    return this.limit.run(() => this.gatherFor(found));
  }

  private async gatherFor({ state, record, isEntitled }: FoundCertificate): Promise<Uint8Array> {
    const { records: walked } = await this.drawFacts.walk(state.batch);
    const records = walked.some(({ signed }) => signed.digest === record.signed.digest)
      ? walked
      : [...walked, record];
    const bundle = assembleBundle(this.registry.verifier.sha256, {
      certificate: record.signed.digest,
      ...(await this.registryBlocks.blocks(records)),
      records: await this.proven(records),
      disclosures: isEntitled ? records.flatMap(({ disclosures }) => disclosures) : [],
      imported: await this.imported(records, isEntitled),
    });
    const bytes = formatBundle(bundle);
    await this.inspect(bytes);
    return bytes;
  }

  /** Every record of a log proved in one tree, one that witnesses have cosigned if there is. */
  private async proven(records: readonly LedgerRecord[]): Promise<RecordParts[]> {
    const parts: RecordParts[] = [];
    for (const [origin, { witnessed: log }] of this.registry.logs) {
      const ours = records.filter(({ at }) => at.origin === origin);
      const witnessed = await log.covering(Math.max(-1, ...ours.map(({ at }) => at.index)) + 1);
      for (const { at, bytes } of ours) {
        const { entry, proof } = await log.receipt(at.index, witnessed);
        parts.push({ statement: bytes, entry: new TextEncoder().encode(entry), proof });
      }
    }
    return parts;
  }

  /** The bundles that the imports on the way cite, as they were checked then. */
  private async imported(
    records: readonly LedgerRecord[],
    isEntitled: boolean,
  ): Promise<EvidenceBundle[]> {
    const imports = records.filter(({ statement }) => statement.type[1] === 'Import');
    return Promise.all(
      imports.map(async ({ statement }) => {
        const { evidence } = (statement as Import).credentialSubject;
        const bytes = await this.registry.ledger.evidence(evidence);
        if (!bytes) throw new Error(`The evidence ${evidence} of an import is missing`);
        const bundle = parseBundle(bytes);
        return isEntitled ? bundle : { ...bundle, disclosures: [] };
      }),
    );
  }

  private async inspect(bytes: Uint8Array): Promise<void> {
    const trust = await this.knownTrust.trust();
    const at = await this.registry.now();
    const { checks } = await this.threads.run('judge', { bytes, trust, at });
    const broken = checks.find(({ name, result }) => result === 'fail' && !MAY_FAIL.includes(name));
    if (broken) throw new Error(`A bundle of ours does not hold: ${broken.name}: ${broken.detail}`);
  }
}
