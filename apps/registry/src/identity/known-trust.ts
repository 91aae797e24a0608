import { Injectable } from '@nestjs/common';
import type { Trust } from '#lib/documents';
import type { RecognitionState } from '#lib/rules';
import { statesOfKind } from '../ledger/ledger-state.js';
import { Registry } from '../registry.js';
import { PresentIdentity } from './present-identity.js';

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
    const recognised = await statesOfKind<RecognitionState>(this.registry, 'recognition');
    const others = new Map(
      recognised.map(({ registry, jurisdiction, origin, logKey }) => [
        origin,
        { registry, jurisdiction, origin, logKey },
      ]),
    );
    others.delete(this.registry.identity.origin);
    return { ...own, registries: [...own.registries, ...others.values()] };
  }
}
