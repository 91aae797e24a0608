import { Injectable } from '@nestjs/common';
import { durabilityWarning, ledgerOwnershipWarning, poolOf } from '#lib/store';
import { Registry } from '../registry.js';
import type { CosignerReport } from '../witness/cosigner.js';

/** How far a witness is behind our log. */
export interface WitnessHealth extends CosignerReport {
  /** Entries that it has not cosigned yet. */
  lag: number;
}

/** How it stands with the registry. */
export interface Health {
  status: 'ready' | 'read-only';
  /** Why nothing is recorded, when it is read-only. */
  reason?: string;
  treeSize: number;
  /** Statements that wait for a batch. */
  waiting: number;
  witnesses: WitnessHealth[];
  /** The newest tree that the quorum has cosigned; null when none has, or no quorum is asked for. */
  quorumSize: number | null;
  warnings: string[];
}

/** As the sequencer's own. */
const CLOCK_SKEW_MS = 5_000;

/** What an operator looks at first. */
@Injectable()
export class ReadHealth {
  constructor(private readonly registry: Registry) {}

  /**
   * Reads and verifies the newest checkpoint: a database that is away or was changed shows here. One
   * that holds less than this process has seen signed was set back: then nothing is recorded any more.
   */
  async read(): Promise<Health> {
    const { log, sequencer, seenTree, witnessing, identity } = this.registry;
    const { now, contradiction } = await seenTree.look(() => log.standing());
    const { treeSize, successor } = now;
    if (contradiction) witnessing.gate.shut(contradiction, { isOldDatabase: true });
    const witnesses = await witnessing.cosigners.report();
    const reason = witnessing.gate.closed?.reason ?? successionOf(identity.origin, successor);
    return {
      status: reason === undefined ? 'ready' : 'read-only',
      ...(reason === undefined ? {} : { reason }),
      treeSize,
      waiting: sequencer.waiting,
      witnesses: witnesses.map((each) => ({
        ...each,
        lag: Math.max(0, treeSize - each.cosignedSize),
      })),
      quorumSize: (await witnessing.log.quorumSize()) ?? null,
      warnings: await this.warnings(),
    };
  }

  private async warnings(): Promise<string[]> {
    const { dataSource, log, witnessing } = this.registry;
    const pool = poolOf(dataSource);
    const ownership = await ledgerOwnershipWarning(pool);
    const durability = await durabilityWarning(pool);
    const behind = await log.clockBehindMs();
    const clock =
      behind > CLOCK_SKEW_MS
        ? `The last entry was recorded ${behind} ms after what the clock says now: nothing is recorded until then.`
        : undefined;
    const ahead = Date.now() - (await log.clock()).getTime();
    const drift =
      Math.abs(ahead) > CLOCK_SKEW_MS
        ? `This process's clock differs from the database's by ${ahead} ms: sessions and cosignatures go by it.`
        : undefined;
    return [ownership, durability, witnessing.policy.problem, clock, drift].filter(
      (each) => each !== undefined,
    );
  }
}

function successionOf(origin: string, successor: string | null): string | undefined {
  if (successor === null) return undefined;
  return `The log ${origin} is frozen: ${successor} succeeds it. Start this process again when that has begun; it then records there.`;
}
