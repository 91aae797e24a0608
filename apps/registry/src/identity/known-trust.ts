import { Injectable } from '@nestjs/common';
import type { Recognition, Trust } from '#lib/documents';
import { parseStatement } from '#lib/documents';
import { statesOfKind } from '../ledger/ledger-states.js';
import { Registry } from '../registry.js';
import { PresentIdentity } from './present-identity.js';

type TrustedRegistry = Trust['registries'][number];

/** Whom this registry believes: itself, and each registry that an authority here has recognised. */
@Injectable()
export class KnownTrust {
  constructor(
    private readonly registry: Registry,
    private readonly identity: PresentIdentity,
  ) {}

  /** A trust file of all of them. Dates and scope of a recognition are judged where it is relied on. */
  async trust(): Promise<Trust> {
    const own = this.identity.trust();
    const recognised = await this.recognised();
    const others = new Map(recognised.map((each) => [each.origin, each]));
    others.delete(this.registry.identity.origin);
    return { ...own, registries: [...own.registries, ...others.values()] };
  }

  private async recognised(): Promise<TrustedRegistry[]> {
    const states = await statesOfKind<{ statement: string }>(this.registry, 'recognition');
    return Promise.all(states.map(({ statement }) => this.registryIn(statement)));
  }

  private async registryIn(digest: string): Promise<TrustedRegistry> {
    const { ledger, verifier } = this.registry;
    const found = await ledger.statementByDigest(digest);
    if (!found)
      throw new Error(`State names the recognition ${digest}, which the log does not hold`);
    const { statement } = parseStatement(verifier.sha256, found.bytes);
    const { registry, jurisdiction, origin, logKey } = (statement as Recognition).credentialSubject;
    return { registry, jurisdiction, origin, logKey };
  }
}
