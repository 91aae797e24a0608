import { Injectable } from '@nestjs/common';
import { signDocument } from '#lib/credentials';
import {
  canonicalBytes,
  parseStatement,
  type ImportRefusal,
  type Receipt,
  type Release,
} from '#lib/documents';
import type { SessionParty } from '#lib/http';
import type { KeySigner } from '#lib/keys';
import { declinedKey, partyKey, type DeclinedState, type PartyState } from '#lib/materials';
import { Problem, refuse } from '#lib/problem';
import { BundleLimit } from '../bundles/bundle-limit.js';
import { BundleThreads } from '../bundles/bundle-threads.js';
import { OpenEnvelope } from '../bundles/open-envelope.js';
import { CONTEXT } from '../context.js';
import { ledgerState } from '../ledger/ledger-state.js';
import { Registry } from '../registry.js';
import { AdmitStatement } from '../statements/admit-statement.js';
import { openReleaseHere } from './import-evidence.js';
import type { Evidenced } from './releases.js';
import { RefusalRequest } from './refusal-request.js';

/** A refusal as this registry has recorded it: whoever likes submits the statement at home. */
export interface RecordedRefusal {
  statement: ImportRefusal;
  /** Always empty: a refusal has no secrets. It makes the answer a submission, beside its receipt. */
  disclosures: [];
  receipt: Receipt;
  isNew: boolean;
}

/**
 * Declines a release to this registry, for good. The evidence need not hold, and its log need not be
 * trusted here: that may be the very reason. Only the release itself must be authentic.
 */
@Injectable()
export class RefuseImport {
  constructor(
    private readonly registry: Registry,
    private readonly admitStatement: AdmitStatement,
    private readonly openEnvelope: OpenEnvelope,
    private readonly threads: BundleThreads,
    private readonly limit: BundleLimit,
  ) {}

  /**
   * Signs and records the refusal that the importer, or an authority of this jurisdiction, asks for.
   * Asked again it gives the one that stands. Throws `invalid-request`, `malformed-bundle`, `evidence-rejected`,
   * `release-not-for-this-registry`, `not-mandated`, `proof-invalid`, `release-already-imported`.
   */
  async refuse(party: SessionParty, body: Uint8Array): Promise<RecordedRefusal> {
    const { request, bundle } = await this.openEnvelope.read(RefusalRequest, body);
    const { bytes } = bundle!;
    const evidence = await this.limit.run(() => this.threads.run('releases', { bytes }));
    const found = openReleaseHere(this.registry, evidence);
    await this.requireAuthentic(found);
    await this.requireMandate(party, found.statement.credentialSubject.importer);
    const before = await this.recorded(found);
    if (before) return before;
    try {
      return await this.record(found, request.reason);
    } catch (error) {
      // Another request was quicker: its refusal is as good.
      const isLate = error instanceof Problem && error.problem === 'release-declined';
      const standing = isLate ? await this.recorded(found) : undefined;
      if (standing) return standing;
      throw error;
    }
  }

  private async record(found: Evidenced<Release>, reason: string): Promise<RecordedRefusal> {
    const { verifier, identity } = this.registry;
    const now = await this.registry.timeNow();
    const unsigned = {
      '@context': CONTEXT,
      type: ['VerifiableCredential', 'ImportRefusal'],
      issuer: identity.did,
      validFrom: now,
      credentialSubject: {
        batch: found.statement.credentialSubject.batch,
        release: positionOf(found),
        reason,
      },
    };
    const signer = this.namedKey(found.statement);
    const statement = await signDocument(verifier.sha256, unsigned, signer, { created: now });
    const body = canonicalBytes({ disclosures: [], statement });
    const { receipt } = await this.admitStatement.admit(body);
    const signed = statement as unknown as ImportRefusal;
    return { statement: signed, disclosures: [], receipt, isNew: true };
  }

  private async recorded(found: Evidenced<Release>): Promise<RecordedRefusal | undefined> {
    const { ledger, verifier } = this.registry;
    const key = declinedKey(positionOf(found));
    const declined = await ledgerState<DeclinedState>(this.registry, key);
    if (!declined) return undefined;
    const entry = await ledger.statementByDigest(declined.statement);
    if (!entry) throw new Error(`State names ${declined.statement}, which the log does not hold`);
    const statement = parseStatement(verifier.sha256, entry.bytes).statement as ImportRefusal;
    const receipt = await this.registry.receipt(entry);
    return { statement, disclosures: [], receipt, isNew: false };
  }

  /** The custodian at home signed it; nobody makes us sign about what was never released. */
  private async requireAuthentic({ statement }: Evidenced<Release>): Promise<void> {
    await this.registry.verifier.readSubmission(canonicalBytes({ disclosures: [], statement }));
  }

  private async requireMandate(party: SessionParty, importer: string): Promise<void> {
    if (party.id === importer) return;
    const state = await ledgerState<PartyState>(this.registry, partyKey(party.id));
    const { jurisdiction } = this.registry.identity;
    if (state?.roles.includes('authority') && state.country === jurisdiction) return;
    throw refuse(
      'not-mandated',
      `${party.id} is neither the importer ${importer} nor an authority of ${jurisdiction}.`,
      '/bundle',
      { remedy: 'Let the importer whom the release names, or the authority, ask for the refusal.' },
    );
  }

  /** The home registry opens the batch for one key alone, whichever of ours is the newest by now. */
  private namedKey({ credentialSubject: { destination } }: Release): KeySigner {
    const named = this.registry.keys.signers.find(
      ({ publicKeyMultibase }) => publicKeyMultibase === destination.key,
    );
    if (named) return named;
    throw refuse(
      'release-not-for-this-registry',
      `The release is opened by the key ${destination.key}, which this registry does not hold.`,
      '/bundle',
    );
  }
}

function positionOf({ origin, index, digest }: Evidenced<Release>) {
  return { origin, index, statement: digest };
}
