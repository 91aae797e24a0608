import { Injectable, Logger } from '@nestjs/common';
import { refuse, type ProblemName } from '#lib/problem';
import type { HeldTree, WitnessOutcome } from '#lib/store';
import {
  decideAddCheckpoint,
  formatNote,
  formatSignatureLines,
  hashesEqual,
  openAddCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  signCosignature,
  type AddCheckpointRefusal,
  type SignedAddCheckpoint,
} from '#lib/tlog';
import { Registry } from '../registry.js';

/** What a log gets from us: our cosignature, or the size from which it must prove. */
export type Cosigned = { status: 200; lines: string } | { status: 409; size: number };

interface Contradiction {
  status: 422;
  detail: string;
}

const CLOCK_SKEW_SECONDS = 5;

const REFUSALS: Record<AddCheckpointRefusal['status'], ProblemName> = {
  400: 'malformed-note',
  403: 'log-key-untrusted',
  404: 'log-origin-unknown',
};

/** Witnesses other logs (C2SP tlog-witness v1.0.0, add-checkpoint). */
@Injectable()
export class CosignCheckpoint {
  private readonly log = new Logger(CosignCheckpoint.name);

  constructor(private readonly registry: Registry) {}

  /**
   * Answers the body of an add-checkpoint request, in the specification's order. Throws
   * `malformed-note` (400), `log-origin-unknown` (404), `log-key-untrusted` (403),
   * `log-inconsistent-checkpoint` (422), `clock-behind`, and `log-read-only` when this database is
   * known to be an old copy: what was cosigned since, it cannot know.
   */
  async add(body: Uint8Array): Promise<Cosigned> {
    const { gate, store } = this.registry.witnessing;
    const { closed } = gate;
    if (closed?.isOldDatabase) throw refuse('log-read-only', closed.reason);
    const request = await this.open(body);
    const { origin } = request.checkpoint;
    const decided = await store.decide(origin, (held) => this.decide(held, request));
    if (decided.status !== 422) return decided;
    this.log.error(`${origin}: ${decided.detail}`);
    throw refuse('log-inconsistent-checkpoint', decided.detail);
  }

  /** The checks that need no state. */
  private async open(body: Uint8Array): Promise<SignedAddCheckpoint> {
    const { verifier, witnessing, identity } = this.registry;
    const { logs } = await witnessing.policy.current();
    // Registries that share one policy are all named in it, and none witnesses itself.
    const others = logs.map(({ key }) => key).filter(({ name }) => name !== identity.origin);
    const opened = await openAddCheckpoint(verifier, others, body);
    if (opened.status === 'signed') return opened;
    throw refuse(REFUSALS[opened.status], opened.detail);
  }

  /** Runs with the log's row locked; what it gives is stored before it is answered. */
  private async decide(
    held: HeldTree | undefined,
    request: SignedAddCheckpoint,
  ): Promise<WitnessOutcome<Cosigned | Contradiction>> {
    const since = held === undefined ? 0 : await this.cosignedAt(held);
    const decision = decideAddCheckpoint(this.registry.verifier.sha256, held, request);
    if (decision.status === 409) return { answer: decision };
    if (decision.status === 422) {
      const { status, detail, evidence } = decision;
      // Two roots for one size prove a fork to anyone. A proof that leads nowhere proves nothing:
      // whoever has seen an honest checkpoint could send it with a broken one.
      const isFork = held?.size === request.checkpoint.treeSize;
      return { answer: { status, detail }, ...(isFork ? { evidence } : {}) };
    }
    const { text, signatures } = parseNote(decision.note);
    const line = signCosignature(text, this.registry.witnessing.cosigner, timeAfter(since));
    const note = formatNote({ text, signatures: [...signatures, line] });
    return {
      answer: { status: 200, lines: formatSignatureLines([line]) },
      hold: { ...decision.witnessed, note },
    };
  }

  /** When we cosigned what the row holds, in POSIX seconds; a row that we did not write is a fault. */
  private async cosignedAt({ note, size, rootHash }: HeldTree): Promise<number> {
    const { verifier, witnessing } = this.registry;
    const { text, signatures } = await openNote(verifier, note, [witnessing.cosigner.key]);
    const { treeSize, rootHash: cosigned } = parseCheckpoint(text);
    if (treeSize !== size || !hashesEqual(cosigned, rootHash))
      throw new Error('What is held for a log is not what we cosigned');
    return signatures[0]!.timestamp!;
  }
}

/** Now in POSIX seconds, never before the last cosignature: its meaning is "seen until then". */
function timeAfter(since: number): number {
  const now = Math.floor(Date.now() / 1000);
  if (since - now > CLOCK_SKEW_SECONDS)
    throw refuse('clock-behind', `The last cosignature was made ${since - now} s after now.`);
  return Math.max(now, since);
}
