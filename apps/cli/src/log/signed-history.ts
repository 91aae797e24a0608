import { parseJson } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import { appendLeafHashes, frontierRoot, hashesEqual, type Frontier } from '#lib/tlog';
import type { LogClient, SignedCheckpoint } from './log-client.js';
import { findingOf, type AuditFinding } from './log-finding.js';
import type { LogPage } from './log-pages.js';

/**
 * Every checkpoint that a registry says it ever signed, held against the entries as they are read.
 * A folder of tiles, or a log of other make, keeps only the newest: then there is nothing to hold.
 */
export class SignedHistory {
  readonly #notes: AsyncGenerator<string>;
  #next: SignedCheckpoint | undefined;
  #forked = false;

  constructor(
    private readonly client: LogClient,
    from: number,
  ) {
    this.#notes = servedNotes(client, from);
  }

  /** What is wrong with the checkpoints whose trees end within a page; at most one fork is told. */
  async inspect({ before, leafHashes, progress }: LogPage): Promise<AuditFinding[]> {
    const findings: AuditFinding[] = [];
    let tree = before;
    while (!this.#forked) {
      const signed = (this.#next ??= await this.#read(findings));
      if (!signed || signed.treeSize > progress.frontier.size) break;
      this.#next = undefined;
      if (signed.treeSize < tree.size) {
        findings.push(disorder(signed.treeSize));
        break;
      }
      tree = grown(tree, leafHashes.slice(tree.size - before.size, signed.treeSize - before.size));
      if (hashesEqual(frontierRoot(nodeCrypto.sha256, tree), signed.rootHash)) continue;
      this.#forked = true;
      const detail = 'The log signed another root for this size than its entries have.';
      findings.push({ name: 'forked', table: 'checkpoint', index: signed.treeSize, detail });
    }
    return findings;
  }

  async #read(findings: AuditFinding[]): Promise<SignedCheckpoint | undefined> {
    for (;;) {
      try {
        const { value: note } = await this.#notes.next();
        return note === undefined ? undefined : await this.client.open(note);
      } catch (fault) {
        findings.push(findingOf(fault, 'checkpoint', null));
      }
    }
  }
}

function grown(tree: Frontier, leafHashes: Uint8Array[]): Frontier {
  return appendLeafHashes(nodeCrypto.sha256, tree, leafHashes).frontier;
}

function disorder(index: number): AuditFinding {
  const detail = 'The log does not list its checkpoints in the order of their sizes.';
  return { name: 'unreadable', table: 'checkpoint', index, detail };
}

/**
 * The notes that a log signed for trees of `from` entries and more, unopened, the smallest first:
 * `GET /log/checkpoints?from=`, page after page: {"checkpoints": [note …], "next": size or null}.
 */
export async function* servedNotes({ source }: LogClient, from: number): AsyncGenerator<string> {
  for (let next: number | null = from; next !== null;) {
    const bytes = await source.read(`checkpoints?from=${next}`);
    if (!bytes) return;
    const page = pageOf(bytes, next);
    yield* page.checkpoints;
    next = page.next;
  }
}

/** A page, if it is one and leads on: a log must not keep its auditor in a circle. */
function pageOf(bytes: Uint8Array, from: number) {
  const { checkpoints, next } = Object(parseJson(bytes)) as Record<string, unknown>;
  const isPage =
    Array.isArray(checkpoints) && checkpoints.every((note) => typeof note === 'string');
  if (!isPage || !(next === null || (Number.isSafeInteger(next) && (next as number) > from)))
    throw refuse('malformed-json', 'What the log serves as its checkpoints is no page of notes.');
  return { checkpoints: checkpoints as string[], next: next as number | null };
}
