import { Injectable } from '@nestjs/common';
import { refuse } from '#lib/problem';
import type { ForkEvidence } from '#lib/store';
import { formatVerifierKey, originHash } from '#lib/tlog';
import { Registry } from '../registry.js';

/** How this registry presents itself as a witness. */
export interface WitnessDescription {
  /** The name of its key. */
  name: string;
  /** C2SP signed-note verifier key of type 0x04. */
  vkey: string;
  /** The logs that it witnesses; `size` is what it cosigned last, 0 if nothing. */
  logs: { origin: string; vkey: string; size: number }[];
}

/** What anybody may know of this registry as a witness: whom it watches, and what it has seen. */
@Injectable()
export class PresentWitness {
  constructor(private readonly registry: Registry) {}

  /** Its key and the logs that its policy names. */
  async describe(): Promise<WitnessDescription> {
    const { witnessing, identity } = this.registry;
    const { key } = witnessing.cosigner;
    const { logs } = await witnessing.policy.current();
    const others = logs.filter((log) => log.key.name !== identity.origin);
    return {
      name: key.name,
      vkey: formatVerifierKey(key),
      logs: await Promise.all(
        others.map(async (log) => ({
          origin: log.key.name,
          vkey: formatVerifierKey(log.key),
          size: (await witnessing.store.held(log.key.name))?.size ?? 0,
        })),
      ),
    };
  }

  /**
   * The largest checkpoint cosigned for the log whose origin has that SHA-256 (64 lowercase hex), as
   * a note with our line. Throws `not-found`.
   */
  async checkpoint(hash: string): Promise<string> {
    const { witnessing, verifier } = this.registry;
    const origins = await witnessing.store.origins();
    const origin = origins.find((each) => originHash(verifier.sha256, each) === hash);
    const held = origin === undefined ? undefined : await witnessing.store.held(origin);
    if (!held) throw refuse('not-found', `This witness has cosigned no log with the hash ${hash}.`);
    return held.note;
  }

  /** Every fork that was caught: two checkpoints that one log signed and that cannot both be true. */
  evidence(): Promise<ForkEvidence[]> {
    return this.registry.witnessing.store.evidence();
  }
}
